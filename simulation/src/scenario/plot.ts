import type { SeededRandom } from '@cairn/testing/random';
import { type Cast, USERS } from './history.js';
import type { Fates } from './orders.js';

const CHOICES_CHANCE = 0.5;
const MERGES_CHANCE = 0.5;
const MERGES_MAX = 3;
const ERASURES_CHANCE = 0.4;
const ERASURES_MAX = 2;
/** Of whom nothing came before they are somebody's new name. */
const NEW_NAMES = ['fay', 'gil'];

/** What this world is about. */
export interface Plot {
  cast: Cast;
  fates: Fates;
}

export function makePlot(random: SeededRandom): Plot {
  const mayChoose = random.chance(CHOICES_CHANCE);
  const merges = random.chance(MERGES_CHANCE) ? Array.from({ length: 1 + random.below(MERGES_MAX) }, () => aMerge(random)) : [];
  const erased = random.chance(ERASURES_CHANCE) ? Array.from({ length: 1 + random.below(ERASURES_MAX) }, () => random.pick(USERS)) : [];
  return {
    // Teams are counted anew without who was erased, by a replay: that is no part of this world.
    cast: { mayChoose, loners: new Set(erased.length === 0 ? [] : [...erased, ...merges.flatMap(({ from, into }) => [from, into])]) },
    // A history of two is counted anew as one, under the choices of both: where they chose, that is another history than the two were.
    fates: { merges, erased, areRecounted: !mayChoose || merges.length === 0 },
  };
}

function aMerge(random: SeededRandom): { from: string; into: string } {
  const from = random.pick(USERS);
  return { from, into: random.pick([...USERS.filter((name) => name !== from), ...NEW_NAMES]) };
}
