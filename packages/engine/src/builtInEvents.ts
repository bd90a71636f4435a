import { type BuiltInType, isBuiltIn } from './builtInTypes.js';
import { TIER_FREE } from './catalogue/tenantSettings.js';
import type { EngineEvent } from './engineEvent.js';
import { LABEL } from './packs/names.js';
import type { Choice } from './state/consent.js';
import type { Transition } from './transition.js';
import { isKnownZone } from './zones/zones.js';

/** Whether an event that Cairn itself acts on made something eligible that was not before. */
export type Widened = boolean;

type Action = (transition: Transition, event: EngineEvent) => Widened;

const ACTIONS: Readonly<Record<BuiltInType, Action>> = {
  'profile.updated': setZone,
  'subscription.created': setTier,
  'subscription.changed': setTier,
  'subscription.canceled': (transition) => changeTier(transition, TIER_FREE),
  'privacy.opted_out': (transition, event) => choose(transition, event, 'out'),
  'privacy.opted_in': (transition, event) => choose(transition, event, 'in'),
};

/** Whether an event changes what a person is counted for. */
export function changesConsent(type: string): boolean {
  return type === 'privacy.opted_out' || type === 'privacy.opted_in';
}

/** Whether an event changes the plan of its user, and of the team that it names. */
export function changesPlan(type: string): boolean {
  return type.startsWith('subscription.') && isBuiltIn(type);
}

export function applyBuiltIn(transition: Transition, event: EngineEvent): Widened {
  return isBuiltIn(event.type) && ACTIONS[event.type](transition, event);
}

function setZone(transition: Transition, event: EngineEvent): Widened {
  const timezone = readProperty(transition, event, 'timezone');
  if (timezone === undefined) return false;
  if (timezone === null) transition.state.zone = null;
  else if (typeof timezone === 'string' && isKnownZone(timezone)) transition.state.zone = timezone;
  else transition.evaluationFailures += 1;
  return false;
}

function setTier(transition: Transition, event: EngineEvent): Widened {
  const tier = readProperty(transition, event, 'tier');
  if (typeof tier === 'string' && transition.catalogue.settings.tierOrder.includes(tier)) return changeTier(transition, tier);
  transition.evaluationFailures += 1;
  return false;
}

function changeTier({ state, catalogue }: Transition, tier: string): Widened {
  const { tierOrder } = catalogue.settings;
  const rises = tierOrder.indexOf(tier) > tierOrder.indexOf(state.tier ?? TIER_FREE);
  state.tier = tier;
  return rises;
}

function choose(transition: Transition, event: EngineEvent, choice: Choice): Widened {
  const category = readProperty(transition, event, 'category');
  if (category === undefined || category === null) transition.state.consent.chooseAll(choice);
  else if (typeof category !== 'string' || !LABEL.pattern.test(category) || !transition.state.consent.choose(category, choice)) {
    transition.evaluationFailures += 1;
    return false;
  }
  return choice === 'in';
}

/** A property of the event; undefined where it is absent or there are no properties to speak of. */
function readProperty(transition: Transition, event: EngineEvent, name: string): unknown {
  const properties = parseJson(event.propertiesJson);
  if (typeof properties === 'object' && properties !== null && !Array.isArray(properties))
    return Object.hasOwn(properties, name) ? (properties as Record<string, unknown>)[name] : undefined;
  transition.evaluationFailures += 1;
  return undefined;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // What is no JSON has no properties: the caller counts it as a failure.
    return undefined;
  }
}
