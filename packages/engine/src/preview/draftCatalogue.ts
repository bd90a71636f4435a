import { Catalogue } from '../catalogue/catalogue.js';
import type { PublishPlan } from '../catalogue/planPublish.js';
import type { Rule } from '../catalogue/rule.js';
import type { Pack } from '../packs/pack.js';
import type { Result } from '../result.js';

/** A tenant's catalogue with a draft in the place of its pack. */
export interface DraftCatalogue {
  /** To fold by: without the other packs where nothing of the draft depends on them. */
  catalogue: Catalogue;
  /** The achievements of the draft. */
  rules: readonly Rule[];
  plan: PublishPlan;
}

export function draftCatalogue(pack: Pack, published: Catalogue): Result<DraftCatalogue> {
  const plan = published.planPublish(pack, (slug) => (published.definitions.get(slug)?.version ?? 0) + 1);
  if (plan.issues.length > 0) return { ok: false, issues: plan.issues };
  const whole = publish(published, pack, plan);
  const isDerived = rulesOf(whole, pack.pack).some((rule) => rule.isDerived);
  const catalogue = isDerived ? whole : alone(whole, pack.pack);
  return { ok: true, value: { catalogue, rules: rulesOf(catalogue, pack.pack), plan } };
}

function publish(published: Catalogue, pack: Pack, plan: PublishPlan): Catalogue {
  // Keys of a store are positive: these are nobody's.
  let key = 0;
  return published.publish(pack, plan, { sequence: 0, publishedAt: 0, keyOf: () => (key -= 1) });
}

/** XP and unlocks of other packs count only towards achievements that are measured from them. */
function alone(whole: Catalogue, pack: string): Catalogue {
  const isOwn = (published: { pack: string }): boolean => published.pack === pack;
  return Catalogue.restore({
    settings: whole.settings,
    definitions: [...whole.definitions.values()].filter(isOwn),
    packs: [...whole.packs.values()].filter(isOwn),
  });
}

/** Those for users and those for teams, in the order of slugs. */
function rulesOf(catalogue: Catalogue, pack: string): Rule[] {
  return [...catalogue.rules.values(), ...catalogue.ofTeams.rules.values()]
    .filter(({ published }) => published.pack === pack)
    .sort((a, b) => (a.slug < b.slug ? -1 : 1));
}
