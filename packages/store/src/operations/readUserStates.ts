import { textArray } from '../binaryArrays.js';
import { OWNER_KIND, type OwnerKind } from '../ownerKind.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export interface StoredUserState {
  userId: string;
  userKey: number;
  state: Buffer;
  /** The end of the batch that wrote the state. */
  lastSeq: number;
}

/** The states of those of the users (or of what else `kind` says) that have one, in no particular order. */
export async function readUserStates(
  db: Queryable,
  of: { tenantKey: number; userIds: readonly string[]; kind?: OwnerKind },
): Promise<StoredUserState[]> {
  return runQuery<StoredUserState>(db, {
    text: `SELECT u.user_id AS "userId", s.user_key AS "userKey", s.state, s.last_seq AS "lastSeq"
             FROM unnest($2::text[]) AS w(user_id)
             JOIN users AS u ON u.tenant_key = $1::int4 AND u.kind = $3::int2 AND u.user_id = w.user_id COLLATE "C"
             JOIN user_state AS s ON s.tenant_key = u.tenant_key AND s.user_key = u.user_key`,
    values: [of.tenantKey, textArray(of.userIds), OWNER_KIND[of.kind ?? 'user']],
  });
}
