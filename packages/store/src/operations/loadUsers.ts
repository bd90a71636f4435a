import { textArray } from '../binaryArrays.js';
import { OWNER_KIND, type OwnerKind } from '../ownerKind.js';
import { type Preparable, runQuery } from '../runQuery.js';
import { StoreError } from '../StoreError.js';

export interface LoadedUser {
  userId: string;
  userKey: number;
  /** Null for a user without a state: a new one. */
  state: Buffer | null;
  /** Where the partition stood when the state was written; null without one. */
  lastSeq: number | null;
}

/** A user that somebody else makes at the same moment is seen by the next attempt. */
const ATTEMPTS_MAX = 3;

/**
 * Users who are made come back by id: an id may be asked for more than once. The limits keep the planner from turning the look-ups
 * into joins, which on tables without statistics it would do by reading all of them.
 */
const STATEMENT = `
  WITH wanted AS (
    SELECT w.ordinal, w.user_id, u.user_key
      FROM unnest($2::text[]) WITH ORDINALITY AS w(user_id, ordinal)
           LEFT JOIN LATERAL (SELECT user_key FROM users WHERE tenant_key = $1::int4 AND kind = $3::int2 AND user_id = w.user_id LIMIT 1) AS u
                  ON true
  ), made AS (
    INSERT INTO users (tenant_key, kind, user_id)
    SELECT DISTINCT $1::int4, $3::int2, user_id COLLATE "C" AS user_id FROM wanted
     WHERE user_key IS NULL
       AND ($4::int4 IS NULL OR EXISTS (SELECT FROM partitions WHERE partition = $4::int4 AND epoch = $5::int8))
     ORDER BY user_id
    ON CONFLICT DO NOTHING
    RETURNING user_id, user_key
  )
  SELECT w.ordinal, NULL AS "userId", w.user_key AS "userKey", s.state, s.last_seq AS "lastSeq"
    FROM wanted AS w
         LEFT JOIN LATERAL (SELECT state, last_seq FROM user_state WHERE tenant_key = $1::int4 AND user_key = w.user_key LIMIT 1) AS s ON true
   WHERE w.user_key IS NOT NULL
   UNION ALL
  SELECT NULL, user_id, user_key, NULL, NULL FROM made`;

export interface UsersToLoad {
  tenantKey: number;
  userIds: readonly string[];
  /** What the ids are those of; users unless told otherwise. */
  kind?: OwnerKind;
  /** The partition that asks. Whoever owns it no more may come from before an erasure that all others are past: it makes nobody. */
  by?: { partition: number; epoch: number };
}

/**
 * Keys and states of users, in the order of `userIds`; those that are not there are made. One round trip as a rule.
 * @throws StoreError `retryable` for one who is not there and is not made
 */
export async function loadUsers(db: Preparable, request: UsersToLoad): Promise<LoadedUser[]> {
  const { userIds } = request;
  const loaded: (LoadedUser | null)[] = userIds.map(() => null);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const missing = userIds.flatMap((userId, i) => (loaded[i] === null ? [{ userId, i }] : []));
    if (missing.length === 0) break;
    const answer = await ask(db, { ...request, userIds: missing.map(({ userId }) => userId) });
    for (const [at, { userId, i }] of missing.entries()) {
      const found = answer.byPlace.get(at) ?? answer.byId.get(userId);
      if (found !== undefined) loaded[i] = { userId, userKey: found.userKey, state: found.state, lastSeq: found.lastSeq };
    }
  }
  return loaded.map((user, i) => {
    if (user === null) throw new StoreError('retryable', `user ${i} of ${userIds.length} is neither there nor can be made`);
    return user;
  });
}

interface AnswerRow {
  ordinal: number | null;
  userId: string | null;
  userKey: number;
  state: Buffer | null;
  lastSeq: number | null;
}

async function ask(db: Preparable, { tenantKey, userIds, kind = 'user', by }: UsersToLoad) {
  const rows = await runQuery<AnswerRow>(db, {
    text: STATEMENT,
    values: [tenantKey, textArray(userIds), OWNER_KIND[kind], by?.partition ?? null, by?.epoch ?? null],
  });
  const byPlace = new Map<number, AnswerRow>();
  const byId = new Map<string, AnswerRow>();
  for (const row of rows) {
    if (row.ordinal !== null) byPlace.set(row.ordinal - 1, row);
    else if (row.userId !== null) byId.set(row.userId, row);
  }
  return { byPlace, byId };
}
