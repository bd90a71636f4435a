import { withOrm } from '../orm.js';
import type { Queryable } from '../Queryable.js';
import { clock } from '../schema/clock.js';

/** The newest tick that is evaluated, in epoch milliseconds; null before the first. */
export async function lastTick(db: Queryable): Promise<number | null> {
  const rows = await withOrm(db, (orm) => orm.select({ tickAt: clock.tickAt }).from(clock));
  return rows[0]?.tickAt ?? null;
}
