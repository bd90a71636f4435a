import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columnTypes.js';

/**
 * Where each event stands in the log, and what a duplicate of it is known by. What an event says stays in the log.
 * The order of the columns wastes no bytes on alignment.
 */
export const events = pgTable(
  'events',
  {
    tenantKey: integer('tenant_key').notNull(),
    logIndex: integer('log_index').notNull(),
    userKey: bigint('user_key', { mode: 'number' }).notNull(),
    logSeq: bigint('log_seq', { mode: 'number' }).notNull(),
    occurredAt: instant('occurred_at').notNull(),
    eventIdHash: uuid('event_id_hash').notNull(),
    keyHash: uuid('key_hash'),
    fingerprint: uuid('fingerprint'),
    payloadHash: uuid('payload_hash').notNull(),
    eventId: text('event_id').notNull(),
    matched: integer('matched').array(),
    /** The entry of the log that retracted it: it counts for nothing, and a duplicate of it stays one. */
    retractedSeq: bigint('retracted_seq', { mode: 'number' }),
    /** Whose it is in the log, where that user was merged into another since. */
    originKey: bigint('origin_key', { mode: 'number' }),
  },
  (t) => [
    primaryKey({ columns: [t.tenantKey, t.eventIdHash] }),
    uniqueIndex('events_key_hash_unique').on(t.tenantKey, t.keyHash).where(sql`key_hash is not null`),
    uniqueIndex('events_fingerprint_unique').on(t.tenantKey, t.fingerprint).where(sql`fingerprint is not null`),
    index('events_user_log_seq').on(t.tenantKey, t.userKey, t.logSeq),
  ],
);
