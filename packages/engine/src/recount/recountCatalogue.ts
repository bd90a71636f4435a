import { Catalogue } from '../catalogue/catalogue.js';

/**
 * The catalogue to fold history by for new versions of these achievements, into a state of its own that is merged in
 * afterwards: no XP rules, and nothing that is measured from what the user holds.
 */
export function recountCatalogue(catalogue: Catalogue, slugs: readonly string[]): Catalogue {
  const definitions = slugs.flatMap((slug) => {
    const rule = catalogue.rules.get(slug);
    return rule === undefined || rule.isDerived ? [] : [rule.published];
  });
  return Catalogue.withEvidence({ settings: catalogue.settings, definitions, packs: [] });
}
