import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/** Users of whom nothing is to be left, and how far that is. Once it is done, the row no longer says who it was. */
export const erasures = pgTable(
  'erasures',
  {
    erasureId: uuid('erasure_id').primaryKey(),
    tenantKey: integer('tenant_key').notNull(),
    requestedAt: instant('requested_at').notNull().default(sql`now()`),
    finishedAt: instant('finished_at'),
    /** The entry of the log that takes the user out of the database; null until it is written. */
    logSeq: bigint('log_seq', { mode: 'number' }),
    /** How far the stream of the step at hand was gone through, and where that ends. */
    scannedSeq: bigint('scanned_seq', { mode: 'number' }).notNull().default(0),
    untilSeq: bigint('until_seq', { mode: 'number' }).notNull().default(0),
    /** Entries of the log of which a part was erased, and messages and dead letters that were deleted. */
    entries: integer('entries').notNull().default(0),
    messages: integer('messages').notNull().default(0),
    letters: integer('letters').notNull().default(0),
    /** Whether the user had a part in what a team reached: 0 or 1. */
    teams: integer('teams').notNull().default(0),
    step: keyText('step').notNull().default('requested'),
    actor: text('actor').notNull(),
    reason: text('reason').notNull(),
    /** What it waits for. */
    waitsFor: text('waits_for'),
    /** All names that the user went by; empty once it is done. */
    userIds: text('user_ids').array().notNull(),
  },
  (t) => [index('erasures_newest').on(t.tenantKey, t.requestedAt, t.erasureId)],
);
