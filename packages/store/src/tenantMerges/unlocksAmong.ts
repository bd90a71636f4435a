import { type Uuid, uuidArray } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Which of some unlocks a tenant has a row of, held or taken back. */
export async function unlocksAmong(db: Queryable, of: { tenantKey: number; unlockIds: readonly Uuid[] }): Promise<Set<string>> {
  const rows = await runQuery<{ unlockId: string }>(db, {
    text: `SELECT unlock_id AS "unlockId" FROM unlocks WHERE tenant_key = $1::int4 AND unlock_id = ANY ($2::uuid[])`,
    values: [of.tenantKey, uuidArray(of.unlockIds)],
  });
  return new Set(rows.map(({ unlockId }) => unlockId));
}
