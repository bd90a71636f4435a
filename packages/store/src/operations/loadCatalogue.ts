import { and, desc, eq, gt, isNull, lte, or } from 'drizzle-orm';
import { type Orm, withOrm } from '../orm.js';
import type { Queryable } from '../Queryable.js';
import { achievementVersions } from '../schema/achievementVersions.js';
import { packs } from '../schema/packs.js';
import { tenantSettings } from '../schema/tenantSettings.js';

export interface CatalogueAt {
  /** Null means the default. */
  settings: { timezone: string | null; tierOrder: string[] | null };
  definitions: DefinitionRow[];
  packs: PackRow[];
}

export interface DefinitionRow {
  slug: string;
  version: number;
  definitionKey: number;
  pack: string;
  logSeq: number;
  /** Epoch milliseconds. */
  publishedAt: number;
  publishedBy: string;
  definition: unknown;
}

export interface PackRow {
  pack: string;
  logSeq: number;
  publishedAt: number;
  publishedBy: string;
  content: unknown;
}

/** What was in effect at a log sequence: the newest version of each slug that was not retired, and the newest of each pack. */
export async function loadCatalogue(db: Queryable, at: { tenantKey: number; atSequence: number }): Promise<CatalogueAt> {
  return withOrm(db, async (orm) => {
    const [settings, definitions, packs] = await Promise.all([settingsAt(orm, at), definitionsAt(orm, at), packsAt(orm, at)]);
    return { settings, definitions, packs };
  });
}

type At = { tenantKey: number; atSequence: number };

async function settingsAt(orm: Orm, at: At): Promise<CatalogueAt['settings']> {
  const rows = await orm
    .select({ timezone: tenantSettings.timezone, tierOrder: tenantSettings.tierOrder })
    .from(tenantSettings)
    .where(and(eq(tenantSettings.tenantKey, at.tenantKey), lte(tenantSettings.logSeq, at.atSequence)))
    .orderBy(desc(tenantSettings.logSeq))
    .limit(1);
  return rows[0] ?? { timezone: null, tierOrder: null };
}

async function definitionsAt(orm: Orm, at: At): Promise<DefinitionRow[]> {
  return orm
    .selectDistinctOn([achievementVersions.slug], {
      slug: achievementVersions.slug,
      version: achievementVersions.version,
      definitionKey: achievementVersions.definitionKey,
      pack: achievementVersions.pack,
      logSeq: achievementVersions.logSeq,
      publishedAt: achievementVersions.publishedAt,
      publishedBy: achievementVersions.publishedBy,
      definition: achievementVersions.definition,
    })
    .from(achievementVersions)
    .where(
      and(
        eq(achievementVersions.tenantKey, at.tenantKey),
        lte(achievementVersions.logSeq, at.atSequence),
        or(isNull(achievementVersions.retiredSeq), gt(achievementVersions.retiredSeq, at.atSequence)),
      ),
    )
    .orderBy(achievementVersions.slug, desc(achievementVersions.version));
}

async function packsAt(orm: Orm, at: At): Promise<PackRow[]> {
  return orm
    .selectDistinctOn([packs.pack], {
      pack: packs.pack,
      logSeq: packs.logSeq,
      publishedAt: packs.publishedAt,
      publishedBy: packs.publishedBy,
      content: packs.content,
    })
    .from(packs)
    .where(and(eq(packs.tenantKey, at.tenantKey), lte(packs.logSeq, at.atSequence)))
    .orderBy(packs.pack, desc(packs.logSeq));
}
