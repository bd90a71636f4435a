import type { Catalogue } from './catalogue/catalogue.js';
import type { Rule } from './catalogue/rule.js';
import { TIER_FREE } from './catalogue/tenantSettings.js';
import type { Consent } from './state/consent.js';
import type { UserState } from './state/userState.js';

/** Why an achievement does not count under the choices that hold at the moment; null where it does. */
export function refusedConsent(rule: Rule, { consent }: { consent: Consent }): 'opted_out' | 'not_opted_in' | null {
  if (consent.isSilent) return rule.definition.sensitive ? 'not_opted_in' : null;
  const choice = consent.of(rule.definition.category);
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

/** Whether what is met may unlock now. What a team has met was counted under the choices of its members, who stay as they are. */
export function mayUnlock(rule: Rule, state: UserState, catalogue: Catalogue): boolean {
  const isAllowed = rule.definition.scope === 'team' || refusedConsent(rule, state) === null;
  return isAllowed && !isBelowTier(rule, state, catalogue);
}
