import { bigint, pgTable } from 'drizzle-orm/pg-core';
import { keyText } from './columnTypes.js';

/** How far each projection has come: everything up to `last_seq` of the log is in it. */
export const projections = pgTable('projections', {
  name: keyText('name').primaryKey(),
  lastSeq: bigint('last_seq', { mode: 'number' }).notNull().default(0),
});
