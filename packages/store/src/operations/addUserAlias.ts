import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

/** One id of a user, and the one that it leads to. */
export interface UserAlias {
  alias: string;
  userId: string;
  /** The log sequence from which on it does. */
  logSeq: number;
  /** Epoch milliseconds. */
  at: number;
}

/**
 * Idempotent, and in any order: every partition folds the same control entries, each at its own pace.
 * @param by the partition that says so. Whoever owns it no more may come from before an erasure that all others are past: it is not heard.
 */
export async function addUserAlias(
  db: Queryable,
  of: UserAlias & { tenantKey: number },
  by?: { partition: number; epoch: number },
): Promise<void> {
  await runCommand(db, {
    text: `INSERT INTO user_aliases (tenant_key, log_seq, at, alias, user_id)
           SELECT $1::int4, $2::int8, $3::timestamptz, $4::text, $5::text
            WHERE $6::int4 IS NULL OR EXISTS (SELECT FROM partitions WHERE partition = $6::int4 AND epoch = $7::int8)
               ON CONFLICT DO NOTHING`,
    values: [of.tenantKey, of.logSeq, new Date(of.at), of.alias, of.userId, by?.partition ?? null, by?.epoch ?? null],
  });
}
