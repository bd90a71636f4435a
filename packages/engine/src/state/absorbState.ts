import { AchievementState } from './achievementState.js';
import type { UserState } from './userState.js';

/**
 * Takes the counts of another state in, as if all events had been counted by one; the other is used up. Unlocks and XP stay as they
 * are: what the counts of both together reach unlocks when they are checked again.
 */
export function absorbState(state: UserState, other: UserState): void {
  state.written.forget();
  state.zone ??= other.zone;
  state.tier ??= other.tier;
  state.consent.merge(other.consent);
  for (const [slug, theirs] of other.achievements) {
    let ours = state.achievements.get(slug);
    if (ours === undefined) state.achievements.set(slug, (ours = new AchievementState(theirs.version)));
    ours.merge(theirs);
  }
  for (const [rule, periods] of other.earnings) {
    const ours = state.earnings.get(rule) ?? new Map<number, number>();
    for (const [period, earned] of periods) ours.set(period, (ours.get(period) ?? 0) + earned);
    state.earnings.set(rule, ours);
  }
}
