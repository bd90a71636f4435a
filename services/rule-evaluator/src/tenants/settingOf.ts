import type { CairnEvent } from '@cairn/contracts';
import { isBuiltIn } from '@cairn/engine';

/** What an event says of how its user is to be counted: of two that say the same thing, the later one stands. */
export interface Setting {
  kind: 'plan' | 'zone' | 'choice';
  /** Of a choice: the category that it is about; null where it is about all. */
  category: string | null;
}

/** null for all other events, and where one says nothing of it. */
export function settingOf({ type, propertiesJson }: Pick<CairnEvent, 'type' | 'propertiesJson'>): Setting | null {
  if (!isBuiltIn(type)) return null;
  const { tier, timezone, category } = propertiesOf(propertiesJson);
  switch (type) {
    case 'profile.updated':
      return timezone === undefined ? null : { kind: 'zone', category: null };
    case 'subscription.created':
    case 'subscription.changed':
      return typeof tier === 'string' ? { kind: 'plan', category: null } : null;
    case 'subscription.canceled':
      return { kind: 'plan', category: null };
    case 'privacy.opted_out':
    case 'privacy.opted_in':
      if (category === undefined || category === null) return { kind: 'choice', category: null };
      return typeof category === 'string' ? { kind: 'choice', category } : null;
  }
}

function propertiesOf(json: string): Record<string, unknown> {
  const properties = parseJson(json);
  return typeof properties === 'object' && properties !== null ? (properties as Record<string, unknown>) : {};
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // What is no JSON says nothing: where it counts, it is an evaluation failure.
    return undefined;
  }
}
