import type { Catalogue } from '../catalogue/catalogue.js';
import { progressOf } from '../explain/progress.js';
import type { UserState } from '../state/userState.js';
import { shownAt } from './shownAt.js';

/** The achievements of a user of which something else is shown at a tick than at the one before, though no event came: by slug. */
export function lapsedBetween(catalogue: Catalogue, state: UserState, ticks: { before: number; at: number }): string[] {
  const windowed = [...state.achievements.keys()].filter((slug) => {
    const rule = catalogue.rules.get(slug);
    return rule !== undefined && (rule.unit !== null || rule.rolling);
  });
  if (windowed.length === 0) return [];
  const [before, at] = [shownAt(catalogue, state, ticks.before), shownAt(catalogue, state, ticks.at)];
  if (before === at) return [];
  return windowed.filter((slug) => {
    const was = progressOf(catalogue, state, { slug, now: before });
    const is = progressOf(catalogue, state, { slug, now: at });
    return was?.value !== is?.value || was?.status !== is?.status;
  });
}
