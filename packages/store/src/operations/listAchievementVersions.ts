import { and, desc, eq } from 'drizzle-orm';
import { withOrm } from '../orm.js';
import type { Queryable } from '../Queryable.js';
import { achievementVersions } from '../schema/achievementVersions.js';

export type AchievementVersion = Omit<typeof achievementVersions.$inferSelect, 'tenantKey'>;

/** Every version of an achievement, newest first. */
export async function listAchievementVersions(db: Queryable, query: { tenantKey: number; slug: string }): Promise<AchievementVersion[]> {
  const rows = await withOrm(db, (orm) =>
    orm
      .select()
      .from(achievementVersions)
      .where(and(eq(achievementVersions.tenantKey, query.tenantKey), eq(achievementVersions.slug, query.slug)))
      .orderBy(desc(achievementVersions.version)),
  );
  return rows.map(({ tenantKey: _, ...version }) => version);
}
