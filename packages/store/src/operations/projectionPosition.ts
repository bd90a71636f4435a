import { eq } from 'drizzle-orm';
import { withOrm } from '../orm.js';
import type { Queryable } from '../Queryable.js';
import { projections } from '../schema/projections.js';

/** How far a projection has come; 0 for one that never ran. */
export async function projectionPosition(db: Queryable, name: string): Promise<number> {
  const rows = await withOrm(db, (orm) => orm.select({ lastSeq: projections.lastSeq }).from(projections).where(eq(projections.name, name)));
  return rows[0]?.lastSeq ?? 0;
}
