import { pgTable } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/** The evaluators that are alive; partitions are shared out by their number. */
export const evaluators = pgTable('evaluators', {
  owner: keyText('owner').primaryKey(),
  heartbeatAt: instant('heartbeat_at').notNull(),
});
