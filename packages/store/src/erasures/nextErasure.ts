import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { ERASURE_COLUMNS, type Erasure } from './Erasure.js';

/** The oldest that is not done; null where there is none. */
export async function nextErasure(db: Queryable): Promise<Erasure | null> {
  const [row] = await runQuery<Erasure>(db, {
    text: `SELECT ${ERASURE_COLUMNS} FROM erasures AS e JOIN tenants AS t USING (tenant_key)
            WHERE e.finished_at IS NULL ORDER BY e.requested_at, e.erasure_id LIMIT 1`,
  });
  return row ?? null;
}
