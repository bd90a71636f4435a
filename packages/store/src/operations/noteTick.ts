import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

/** A tick of the log is evaluated. Time never goes back. @param at epoch milliseconds */
export async function noteTick(db: Queryable, at: number): Promise<void> {
  await runCommand(db, {
    text: `INSERT INTO clock (tick_at) VALUES ($1)
           ON CONFLICT (is_only) DO UPDATE SET tick_at = excluded.tick_at WHERE clock.tick_at < excluded.tick_at`,
    values: [new Date(at).toISOString()],
  });
}
