import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

export interface ForgottenAliases {
  tenantKey: number;
  aliases: readonly string[];
  /** Said before this place in the log: an id may lead to somebody again. */
  before: number;
}

/** These ids lead to nobody any more. */
export async function deleteUserAliases(db: Queryable, of: ForgottenAliases): Promise<void> {
  await runCommand(db, {
    text: 'DELETE FROM user_aliases WHERE tenant_key = $1::int4 AND alias = ANY ($2::text[]) AND log_seq < $3::int8',
    values: [of.tenantKey, of.aliases, of.before],
  });
}
