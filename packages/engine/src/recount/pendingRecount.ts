import { Catalogue } from '../catalogue/catalogue.js';
import { xpRuleKey } from '../catalogue/compiledXpRule.js';
import type { Rule } from '../catalogue/rule.js';
import { recountCatalogue } from './recountCatalogue.js';

/** What a publication asked to be evaluated over the history, and is not yet for some users. */
export interface PendingRecount {
  slugs: readonly string[];
  /** Keys of XP rules: `<pack>/<id>`. */
  xpRules: readonly string[];
}

/**
 * The achievements of a catalogue whose unlocks a pending recount can bring about: its own, and what is measured from
 * those, or from the XP that they pay. When which of them unlocks is known only once it is done.
 */
export function affectedBy(catalogue: Catalogue, pending: PendingRecount): ReadonlySet<string> {
  const affected = new Set(pending.slugs);
  // A slug that is not published any more may have paid before that.
  let paysXp = pending.xpRules.length > 0 || pending.slugs.some((slug) => paysAnything(catalogue.rules.get(slug)));
  let found: boolean;
  do {
    found = false;
    for (const rule of catalogue.derivedRules) {
      const { criteria } = rule.definition;
      if (affected.has(rule.slug)) continue;
      const follows =
        criteria.type === 'xp' ? paysXp : criteria.type === 'achievements' && criteria.slugs.some((slug) => affected.has(slug));
      if (!follows) continue;
      affected.add(rule.slug);
      paysXp ||= paysAnything(rule);
      found = true;
    }
  } while (found);
  return affected;
}

/**
 * Whether what a pending recount can bring about is measured from an achievement that it does not recount: what is done to that one by
 * hand behind the publication must not be seen when the recount measures as of its publication.
 */
export function isMeasuredBy(catalogue: Catalogue, pending: PendingRecount, slug: string): boolean {
  const affected = affectedBy(catalogue, pending);
  if (affected.has(slug)) return false;
  return catalogue.derivedRules.some(({ slug: derived, definition: { criteria } }) => {
    return affected.has(derived) && criteria.type === 'achievements' && criteria.slugs.includes(slug);
  });
}

/** The catalogue that live events of a user are folded by while recounts of theirs are pending: those count the events too. */
export function withoutPending(catalogue: Catalogue, pending: readonly PendingRecount[]): Catalogue {
  const affected = new Set(pending.flatMap((recount) => [...affectedBy(catalogue, recount)]));
  const xpRules = new Set(pending.flatMap((recount) => recount.xpRules));
  return Catalogue.restore({
    settings: catalogue.settings,
    definitions: [...catalogue.definitions.values()].filter(({ slug, definition }) => definition.scope !== 'user' || !affected.has(slug)),
    packs: [...catalogue.packs.values()].map((published) => ({
      ...published,
      xpRules: published.xpRules.filter((rule) => !xpRules.has(xpRuleKey(published.pack, rule))),
    })),
  });
}

/** By what a recount is done while one catalogue is in effect. */
export interface RecountCatalogues {
  /** History is folded by it. */
  counting: Catalogue;
  /** Its result is merged by it: what is recounted, and what is measured from that. */
  merging: Catalogue;
  /** The achievements that it is about, those that are not published any more among them. */
  slugs: ReadonlySet<string>;
}

/** @param later recounts that were asked for since: what they are about is theirs from their publication on */
export function recountCatalogues(catalogue: Catalogue, pending: PendingRecount, later: readonly PendingRecount[]): RecountCatalogues {
  const taken = new Set(later.flatMap((recount) => [...affectedBy(catalogue, recount)]));
  const xpRulesTaken = new Set(later.flatMap((recount) => recount.xpRules));
  const slugs = pending.slugs.filter((slug) => !taken.has(slug));
  const xpRules = pending.xpRules.filter((key) => !xpRulesTaken.has(key));
  const merged = new Set([...affectedBy(catalogue, pending)].filter((slug) => !taken.has(slug)));
  const definitions = [...catalogue.definitions.values()].filter(({ slug }) => merged.has(slug));
  return {
    counting: recountCatalogue(catalogue, slugs, xpRules),
    merging: Catalogue.restore({ settings: catalogue.settings, definitions, packs: [] }),
    slugs: merged,
  };
}

function paysAnything(rule: Rule | undefined): boolean {
  return rule === undefined || rule.levels.some(({ xpReward }) => xpReward !== 0);
}
