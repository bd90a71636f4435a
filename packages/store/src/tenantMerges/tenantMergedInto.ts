import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** The id of the tenant that one was merged into, as it stood at a place in the log; null where it is a tenant of its own. */
export async function tenantMergedInto(db: Queryable, of: { tenantKey: number; atSequence: number }): Promise<string | null> {
  const [row] = await runQuery<{ into: string }>(db, {
    text: 'SELECT into_tenant AS "into" FROM tenant_merges WHERE tenant_key = $1::int4 AND log_seq <= $2::int8',
    values: [of.tenantKey, of.atSequence],
  });
  return row?.into ?? null;
}
