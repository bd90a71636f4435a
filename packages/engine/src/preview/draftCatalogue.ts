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
  const rules = [...whole.rules.values()].filter((rule) => rule.published.pack === pack.pack);
  const catalogue = rules.some((rule) => rule.isDerived) ? whole : alone(whole, pack.pack);
  return { ok: true, value: { catalogue, rules: rules.map((rule) => ruleIn(catalogue, rule.slug)), plan } };
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

function ruleIn(catalogue: Catalogue, slug: string): Rule {
  const rule = catalogue.rules.get(slug);
  if (rule === undefined) throw new Error(`${slug} is of the draft, but not in its catalogue`);
  return rule;
}
