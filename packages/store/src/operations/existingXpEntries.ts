import { int8Array, type Uuid, uuidArray } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Which of some ledger entries exist; element i of each list makes up entry i. As UUID text in lower case. */
export async function existingXpEntries(
  db: Queryable,
  query: { tenantKey: number; userKeys: readonly number[]; entryIds: readonly Uuid[] },
): Promise<string[]> {
  const rows = await runQuery<{ entryId: string }>(db, {
    text: `SELECT x.entry_id AS "entryId"
             FROM unnest($2::int8[], $3::uuid[]) AS e(user_key, entry_id)
             JOIN xp_entries AS x ON x.tenant_key = $1::int4 AND x.user_key = e.user_key AND x.entry_id = e.entry_id`,
    values: [query.tenantKey, int8Array(query.userKeys), uuidArray(query.entryIds)],
  });
  return rows.map(({ entryId }) => entryId);
}
