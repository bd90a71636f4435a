import type { Catalogue } from './catalogue/catalogue.js';
import type { Rule } from './catalogue/rule.js';
import { TIER_FREE } from './catalogue/tenantSettings.js';
import type { UserState } from './state/userState.js';

/** Why an achievement does not count for a user at the moment; null where it does. */
export function refusedConsent(rule: Rule, state: UserState): 'opted_out' | 'not_opted_in' | null {
  const choice = state.consent.of(rule.definition.category);
  if (choice === 'out') return 'opted_out';
  return rule.definition.sensitive && choice !== 'in' ? 'not_opted_in' : null;
}

/** Whether a user's plan is below the tier that an achievement asks for. A tier that nobody knows is below all. */
export function isBelowTier(rule: Rule, state: UserState, catalogue: Catalogue): boolean {
  const { tierRequired } = rule.definition;
  if (tierRequired === null) return false;
  const { tierOrder } = catalogue.settings;
  const required = tierOrder.indexOf(tierRequired);
  return required < 0 || tierOrder.indexOf(state.tier ?? TIER_FREE) < required;
}

/** Whether what is met may unlock now. */
export function mayUnlock(rule: Rule, state: UserState, catalogue: Catalogue): boolean {
  return refusedConsent(rule, state) === null && !isBelowTier(rule, state, catalogue);
}
