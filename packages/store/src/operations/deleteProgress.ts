import { int8Array, textArray } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

export interface ProgressToDelete {
  tenantKey: number;
  /** Each with the end of the batch that wrote the state that says so. */
  rows: readonly { userKey: number; slug: string; lastSeq: number }[];
}

/** Deletes these rows, but for those that a newer state has written. */
export async function deleteProgress(db: Queryable, { tenantKey, rows }: ProgressToDelete): Promise<number> {
  if (rows.length === 0) return 0;
  return runCommand(db, {
    text: `DELETE FROM progress AS p USING unnest($2::int8[], $3::text[], $4::int8[]) AS r(user_key, slug, last_seq)
            WHERE p.tenant_key = $1::int4 AND p.user_key = r.user_key AND p.slug = r.slug COLLATE "C" AND p.updated_seq <= r.last_seq`,
    values: [
      tenantKey,
      int8Array(rows.map(({ userKey }) => userKey)),
      textArray(rows.map(({ slug }) => slug)),
      int8Array(rows.map(({ lastSeq }) => lastSeq)),
    ],
  });
}
