import { canonicalJson } from '../catalogue/canonicalJson.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { xpRuleKey } from '../catalogue/compiledXpRule.js';
import type { PublishPlan } from '../catalogue/planPublish.js';
import type { AchievementDefinition, Pack } from '../packs/pack.js';
import type { PendingRecount } from './pendingRecount.js';

/** What is left to do for users when a pack is in effect. */
export interface WorkOfPublication {
  recount: PendingRecount;
  /** Whether what goes on under a new version may be met already. */
  isRecheckDue: boolean;
}

/** @param before the catalogue that the pack was planned against */
export function workOfPublication(before: Catalogue, pack: Pack, plan: PublishPlan): WorkOfPublication {
  const changed = new Set(plan.changes.filter(({ change }) => change === 'added' || change === 'changed').map(({ slug }) => slug));
  const published = pack.achievements.filter(({ slug, scope }) => scope === 'user' && changed.has(slug));
  const rulesBefore = new Map(before.packs.get(pack.pack)?.xpRules.map((rule) => [rule.id, canonicalJson(rule)]));
  const xpRules = pack.xpRules.filter((rule) => rulesBefore.get(rule.id) !== canonicalJson(rule));
  return {
    recount: {
      slugs: published.filter(({ onPublish }) => onPublish === 'recount').map(({ slug }) => slug),
      xpRules: xpRules.map((rule) => xpRuleKey(pack.pack, rule)),
    },
    isRecheckDue: published.some(mayBeMet),
  };
}

/** Whether a recheck is due at an entry that published something, told from the catalogue that it led to. */
export function isRecheckDueAt(after: Catalogue, sequence: number): boolean {
  return [...after.definitions.values()].some(
    (published) => published.sequence === sequence && published.definition.scope === 'user' && mayBeMet(published.definition),
  );
}

/** What is measured from what the user holds has no counts to begin anew with: there, a restart is no other than going on. */
function mayBeMet({ onPublish, criteria }: AchievementDefinition): boolean {
  const isDerived = criteria.type === 'xp' || criteria.type === 'achievements';
  return onPublish === 'continue' || (onPublish === 'restart' && isDerived);
}
