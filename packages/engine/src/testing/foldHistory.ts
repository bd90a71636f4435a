import type { Catalogue } from '../catalogue/catalogue.js';
import type { UnlockEffect } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { heldKeys } from '../heldKeys.js';
import { decodeState, encodeState } from '../state/encodeState.js';
import { emptyState, type UserState } from '../state/userState.js';
import { makeCatalogue } from './makeCatalogue.js';
import type { PlainPack } from './naiveEngine.js';

/** The catalogue of a tenant in a zone that published a pack. */
export function catalogueIn(timezone: string, pack: PlainPack): Catalogue {
  return makeCatalogue(pack as unknown as Parameters<typeof makeCatalogue>[0], { settings: { timezone } });
}

/** All events one after the other; the state that they lead to and what they unlocked. */
export function foldHistory(
  catalogue: Catalogue,
  events: readonly EngineEvent[],
  state = emptyState(),
): { state: UserState; unlocks: UnlockEffect[] } {
  return { state, unlocks: events.flatMap((event) => fold(catalogue, state, event).unlocks) };
}

/** `slug|level|period` of an unlock, as the naive implementation names it. */
export function keyOf({ definition, level, period }: UnlockEffect): string {
  return `${definition.slug}|${level ?? ''}|${period ?? ''}`;
}

export function heldOf(state: UserState): string[] {
  return [...heldKeys(state)].map(({ slug, level, period }) => `${slug}|${level ?? ''}|${period ?? ''}`).sort();
}

/** The value that unlocked something depends on the order: two events can step over a threshold by either of them. */
export function withoutUnlockValues(state: UserState): Uint8Array {
  const copy = decodeState(encodeState(state));
  for (const { held } of copy.achievements.values())
    for (const { level, period, unlock } of held.entries()) held.put(level, period, { ...unlock, value: null });
  return encodeState(copy);
}
