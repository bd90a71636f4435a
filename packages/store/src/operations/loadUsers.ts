import { textArray } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { StoreError } from '../StoreError.js';

export interface LoadedUser {
  userId: string;
  userKey: number;
  /** Null for a user without a state: a new one. */
  state: Buffer | null;
}

/** A user that somebody else makes at the same moment is seen by the next attempt. */
const ATTEMPTS_MAX = 3;

const STATEMENT = `
  WITH wanted AS (
    SELECT user_id, ordinal FROM unnest($2::text[]) WITH ORDINALITY AS w(user_id, ordinal)
  ), found AS (
    SELECT w.ordinal, u.user_key FROM wanted AS w JOIN users AS u ON u.tenant_key = $1::int4 AND u.user_id = w.user_id
  ), made AS (
    INSERT INTO users (tenant_key, user_id)
    SELECT $1::int4, w.user_id FROM wanted AS w
     WHERE NOT EXISTS (SELECT 1 FROM found AS f WHERE f.ordinal = w.ordinal)
     GROUP BY w.user_id
     ORDER BY w.user_id COLLATE "C"
    ON CONFLICT DO NOTHING
    RETURNING user_id, user_key
  )
  SELECT f.ordinal, f.user_key AS "userKey", s.state
    FROM found AS f LEFT JOIN user_state AS s ON s.tenant_key = $1::int4 AND s.user_key = f.user_key
   UNION ALL
  SELECT w.ordinal, m.user_key, NULL
    FROM wanted AS w JOIN made AS m ON m.user_id = w.user_id COLLATE "C"`;

/** Keys and states of users, in the order of `userIds`; those that are not there are made. One round trip as a rule. */
export async function loadUsers(db: Queryable, request: { tenantKey: number; userIds: readonly string[] }): Promise<LoadedUser[]> {
  const { tenantKey, userIds } = request;
  const loaded = new Array<LoadedUser | undefined>(userIds.length).fill(undefined);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const missing = userIds.flatMap((_, i) => (loaded[i] === undefined ? [i] : []));
    if (missing.length === 0) break;
    const rows = await runQuery<{ ordinal: number; userKey: number; state: Buffer | null }>(db, {
      name: 'cairn_load_users',
      text: STATEMENT,
      values: [tenantKey, textArray(missing.map((i) => userIds[i] ?? null))],
    });
    for (const row of rows) {
      const i = missing[row.ordinal - 1];
      const userId = i === undefined ? undefined : userIds[i];
      if (i !== undefined && userId !== undefined) loaded[i] = { userId, userKey: row.userKey, state: row.state };
    }
  }
  return loaded.map((user, i) => {
    if (user === undefined) throw new StoreError('retryable', `user ${i} of ${userIds.length} is neither there nor can be made`);
    return user;
  });
}
