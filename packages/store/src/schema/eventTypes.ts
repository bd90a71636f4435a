import { bigint, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/** A projection of the log: which types of events each tenant sends. Seconds behind, and rebuilt at will. */
export const eventTypes = pgTable(
  'event_types',
  {
    tenantKey: integer('tenant_key').notNull(),
    type: keyText('type').notNull(),
    events: bigint('events', { mode: 'number' }).notNull(),
    /** Of `occurred_at`. */
    firstSeen: instant('first_seen').notNull(),
    lastSeen: instant('last_seen').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantKey, t.type] })],
);
