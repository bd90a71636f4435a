/** Types of events that change how a user is counted, before they count as events themselves. */
const BUILT_IN_TYPES = [
  'profile.updated',
  'subscription.created',
  'subscription.changed',
  'subscription.canceled',
  'privacy.opted_out',
  'privacy.opted_in',
] as const;

export type BuiltInType = (typeof BUILT_IN_TYPES)[number];

const known: ReadonlySet<string> = new Set(BUILT_IN_TYPES);

/** Whether Cairn itself acts on events of a type. */
export function isBuiltIn(type: string): type is BuiltInType {
  return known.has(type);
}
