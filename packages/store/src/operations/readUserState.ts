import { and, eq } from 'drizzle-orm';
import { withOrm } from '../orm.js';
import { OWNER_KIND, type OwnerKind } from '../ownerKind.js';
import type { Queryable } from '../Queryable.js';
import { userState } from '../schema/userState.js';
import { users } from '../schema/users.js';

export interface UserStateAt {
  userKey: number;
  /** Null for a user that nothing was ever folded for. */
  state: Buffer | null;
  /** The end of the batch that wrote the state. */
  lastSeq: number | null;
}

/** Of a user, or of what else `kind` says; null for one that is not known. */
export async function readUserState(
  db: Queryable,
  user: { tenantKey: number; userId: string; kind?: OwnerKind },
): Promise<UserStateAt | null> {
  const rows = await withOrm(db, (orm) =>
    orm
      .select({ userKey: users.userKey, state: userState.state, lastSeq: userState.lastSeq })
      .from(users)
      .leftJoin(userState, and(eq(userState.tenantKey, users.tenantKey), eq(userState.userKey, users.userKey)))
      .where(and(eq(users.tenantKey, user.tenantKey), eq(users.kind, OWNER_KIND[user.kind ?? 'user']), eq(users.userId, user.userId))),
  );
  return rows[0] ?? null;
}
