import { bigint, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/** Every publication of a pack, normalised: XP rules, ranks, slugs. */
export const packs = pgTable(
  'packs',
  {
    tenantKey: integer('tenant_key').notNull(),
    pack: keyText('pack').notNull(),
    logSeq: bigint('log_seq', { mode: 'number' }).notNull(),
    content: jsonb('content').$type<unknown>().notNull(),
    publishedAt: instant('published_at').notNull(),
    publishedBy: text('published_by').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantKey, t.pack, t.logSeq] })],
);
