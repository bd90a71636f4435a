import { boolean, pgTable } from 'drizzle-orm/pg-core';
import { instant } from './columnTypes.js';

/** How late it is by the ticks of the log that are evaluated: one row, and none before the first tick. */
export const clock = pgTable('clock', {
  isOnly: boolean('is_only').primaryKey().default(true),
  tickAt: instant('tick_at').notNull(),
});
