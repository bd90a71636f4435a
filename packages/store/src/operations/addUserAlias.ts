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

/** Idempotent, and in any order: every partition folds the same control entries, each at its own pace. */
export async function addUserAlias(db: Queryable, of: UserAlias & { tenantKey: number }): Promise<void> {
  await runCommand(db, {
    text: `INSERT INTO user_aliases (tenant_key, log_seq, at, alias, user_id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    values: [of.tenantKey, of.logSeq, new Date(of.at), of.alias, of.userId],
  });
}
