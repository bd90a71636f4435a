import { bigint, boolean, doublePrecision, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/** `level` and `period` are '' where the unlock has none: a null would let the key exist twice. */
export const unlocks = pgTable(
  'unlocks',
  {
    tenantKey: integer('tenant_key').notNull(),
    version: integer('version').notNull(),
    userKey: bigint('user_key', { mode: 'number' }).notNull(),
    logSeq: bigint('log_seq', { mode: 'number' }).notNull(),
    value: doublePrecision('value').notNull(),
    threshold: doublePrecision('threshold').notNull(),
    xpReward: bigint('xp_reward', { mode: 'number' }).notNull(),
    xpTotal: bigint('xp_total', { mode: 'number' }).notNull(),
    unlockedAt: instant('unlocked_at').notNull(),
    unlockId: uuid('unlock_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    backfilled: boolean('backfilled').notNull(),
    slug: keyText('slug').notNull(),
    level: keyText('level').notNull(),
    period: keyText('period').notNull(),
    causedBy: text('caused_by').notNull(),
    evidence: text('evidence').array().notNull(),
    message: text('message'),
    revokedAt: instant('revoked_at'),
    revokedReason: text('revoked_reason'),
    /** Where in the log it was given again after it was taken back, when, and by what; null where it was not, or is taken back anew. */
    restoredSeq: bigint('restored_seq', { mode: 'number' }),
    restoredIndex: integer('restored_index'),
    restoredAt: instant('restored_at'),
    restoredBy: text('restored_by'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantKey, t.userKey, t.slug, t.level, t.period] }),
    unique('unlocks_tenant_key_unlock_id_unique').on(t.tenantKey, t.unlockId),
    index('unlocks_log_order').on(t.tenantKey, t.logSeq, t.ordinal, t.unlockId),
  ],
);
