import { and, eq } from 'drizzle-orm';
import { withOrm } from '../orm.js';
import type { Queryable } from '../Queryable.js';
import { unlocks } from '../schema/unlocks.js';
import { type ListedUnlock, selectUnlocks } from './listUnlocks.js';

/** One unlock, revoked or not; null where there is none of that id. */
export async function findUnlock(db: Queryable, of: { tenantKey: number; unlockId: string }): Promise<ListedUnlock | null> {
  const rows = await withOrm(db, async (orm) =>
    selectUnlocks(orm).where(and(eq(unlocks.tenantKey, of.tenantKey), eq(unlocks.unlockId, of.unlockId))),
  );
  return rows[0] ?? null;
}
