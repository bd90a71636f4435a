import { type AchievementDefinition, Catalogue, DEFAULT_TIER_ORDER, type PublishedPack } from '@cairn/engine';
import type { CatalogueAt } from './operations/loadCatalogue.js';

/** What is kept of a pack besides its achievements. */
export type PackContent = Pick<PublishedPack, 'xpRules' | 'ranks'>;

/** Rows as the catalogue that they describe. */
export function restoreCatalogue(at: CatalogueAt): Catalogue {
  return Catalogue.restore({
    settings: { timezone: at.settings.timezone, tierOrder: at.settings.tierOrder ?? DEFAULT_TIER_ORDER },
    definitions: at.definitions.map((row) => ({
      slug: row.slug,
      version: row.version,
      pack: row.pack,
      sequence: row.logSeq,
      publishedAt: row.publishedAt,
      key: row.definitionKey,
      definition: row.definition as AchievementDefinition,
    })),
    packs: at.packs.map((row) => {
      const { xpRules, ranks } = row.content as PackContent;
      return { pack: row.pack, sequence: row.logSeq, xpRules, ranks };
    }),
  });
}
