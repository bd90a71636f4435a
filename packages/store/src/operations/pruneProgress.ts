import { int8Array, textArray } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

export interface ProgressToKeep {
  tenantKey: number;
  /** Whose progress is looked at, each with the end of the batch that wrote the state it was projected from. */
  users: readonly { userKey: number; lastSeq: number }[];
  /** What these users have progress in. */
  kept: readonly { userKey: number; slug: string }[];
}

/** Deletes the rows of these users that were not kept, but for those that a newer state has written. */
export async function pruneProgress(db: Queryable, { tenantKey, users, kept }: ProgressToKeep): Promise<number> {
  return runCommand(db, {
    text: `DELETE FROM progress AS p
            USING unnest($2::int8[], $3::int8[]) AS u(user_key, last_seq)
            WHERE p.tenant_key = $1::int4 AND p.user_key = u.user_key AND p.updated_seq <= u.last_seq
              AND NOT EXISTS (SELECT 1 FROM unnest($4::int8[], $5::text[]) AS k(user_key, slug)
                               WHERE k.user_key = p.user_key AND k.slug COLLATE "C" = p.slug)`,
    values: [
      tenantKey,
      int8Array(users.map(({ userKey }) => userKey)),
      int8Array(users.map(({ lastSeq }) => lastSeq)),
      int8Array(kept.map(({ userKey }) => userKey)),
      textArray(kept.map(({ slug }) => slug)),
    ],
  });
}
