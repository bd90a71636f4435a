import { isNotNull } from 'drizzle-orm';
import { bigint, doublePrecision, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/** A projection of `user_state` for SQL, reports and the console; seconds behind, and rebuilt at will. */
export const progress = pgTable(
  'progress',
  {
    tenantKey: integer('tenant_key').notNull(),
    version: integer('version').notNull(),
    userKey: bigint('user_key', { mode: 'number' }).notNull(),
    value: doublePrecision('value').notNull(),
    threshold: doublePrecision('threshold').notNull(),
    updatedSeq: bigint('updated_seq', { mode: 'number' }).notNull(),
    slug: keyText('slug').notNull(),
    status: text('status').$type<'locked' | 'progressing' | 'unlocked'>().notNull(),
    level: text('level'),
    period: text('period'),
    /** From when on another value is to be shown though no event came; null where time changes nothing. */
    lapsesAt: instant('lapses_at'),
  },
  (t) => [primaryKey({ columns: [t.tenantKey, t.userKey, t.slug] }), index('progress_lapsing').on(t.lapsesAt).where(isNotNull(t.lapsesAt))],
);
