import { and, asc, eq } from 'drizzle-orm';
import { withOrm } from '../orm.js';
import { OWNER_KIND } from '../ownerKind.js';
import type { Queryable } from '../Queryable.js';
import { progress } from '../schema/progress.js';
import { users } from '../schema/users.js';
import type { ProgressRow } from './upsertProgress.js';

/** A user's progress as projected, by slug. */
export async function readProgress(db: Queryable, user: { tenantKey: number; userId: string }): Promise<ProgressRow[]> {
  const rows = await withOrm(db, (orm) =>
    orm
      .select({ progress })
      .from(progress)
      .innerJoin(users, and(eq(users.tenantKey, progress.tenantKey), eq(users.userKey, progress.userKey)))
      .where(and(eq(progress.tenantKey, user.tenantKey), eq(users.kind, OWNER_KIND.user), eq(users.userId, user.userId)))
      .orderBy(asc(progress.slug)),
  );
  return rows.map((row) => row.progress);
}
