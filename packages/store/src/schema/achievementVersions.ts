import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, keyText } from './columnTypes.js';

/** Immutable but for `retired_seq`: the log sequence from which on the slug is no longer in any pack. */
export const achievementVersions = pgTable(
  'achievement_versions',
  {
    tenantKey: integer('tenant_key').notNull(),
    slug: keyText('slug').notNull(),
    version: integer('version').notNull(),
    definitionKey: integer('definition_key').notNull().generatedAlwaysAsIdentity().unique(),
    pack: keyText('pack').notNull(),
    definition: jsonb('definition').$type<unknown>().notNull(),
    logSeq: bigint('log_seq', { mode: 'number' }).notNull(),
    publishedAt: instant('published_at').notNull(),
    publishedBy: text('published_by').notNull(),
    retiredSeq: bigint('retired_seq', { mode: 'number' }),
  },
  (t) => [
    primaryKey({ columns: [t.tenantKey, t.slug, t.version] }),
    // Few tenants have any; the lag of the teams' loop is asked for all the time.
    index('achievement_versions_of_teams').on(t.tenantKey, t.logSeq).where(sql`definition->>'scope' = 'team'`),
  ],
);
