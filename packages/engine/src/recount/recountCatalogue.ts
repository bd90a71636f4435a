import { Catalogue } from '../catalogue/catalogue.js';
import { xpRuleKey } from '../catalogue/compiledXpRule.js';

/**
 * The catalogue to fold history by for new versions of these achievements and XP rules, into a state of its own that is
 * merged in afterwards: nothing else, and nothing that is measured from what the user holds.
 */
export function recountCatalogue(catalogue: Catalogue, slugs: readonly string[], xpRules: readonly string[] = []): Catalogue {
  const definitions = slugs.flatMap((slug) => {
    const rule = catalogue.rules.get(slug);
    return rule === undefined || rule.isDerived ? [] : [rule.published];
  });
  const recounted = new Set(xpRules);
  const packs = [...catalogue.packs.values()]
    .map((published) => ({ ...published, xpRules: published.xpRules.filter((rule) => recounted.has(xpRuleKey(published.pack, rule))) }))
    .filter((published) => published.xpRules.length > 0);
  return Catalogue.withEvidence({ settings: catalogue.settings, definitions, packs });
}
