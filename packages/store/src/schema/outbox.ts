import { sql } from 'drizzle-orm';
import { bigint, jsonb, pgTable, smallint, text } from 'drizzle-orm/pg-core';
import { bytes, instant } from './columnTypes.js';

/** What is to be published after commit. Rows live for milliseconds; what a crash left is swept. */
export const outbox = pgTable('outbox', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  createdAt: instant('created_at').notNull().default(sql`now()`),
  partition: smallint('partition').notNull(),
  subject: text('subject').notNull(),
  msgId: text('msg_id').notNull(),
  headers: jsonb('headers').$type<Record<string, string>>(),
  payload: bytes('payload').notNull(),
});
