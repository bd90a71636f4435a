import { AchievementState } from './achievementState.js';
import { decodeState, encodeState } from './encodeState.js';
import type { UserState } from './userState.js';

/**
 * The counts of two states together, as if all events had been counted by one; neither is changed. Unlocks and XP are
 * those of `a`: what the counts of both together reach unlocks when they are checked again.
 */
export function mergeStates(a: UserState, b: UserState): UserState {
  const merged = decodeState(encodeState(a));
  const other = decodeState(encodeState(b));
  merged.zone ??= other.zone;
  merged.tier ??= other.tier;
  merged.consent.merge(other.consent);
  for (const [slug, theirs] of other.achievements) {
    let ours = merged.achievements.get(slug);
    if (ours === undefined) merged.achievements.set(slug, (ours = new AchievementState(theirs.version)));
    ours.merge(theirs);
  }
  for (const [rule, periods] of other.earnings) {
    const ours = merged.earnings.get(rule) ?? new Map<number, number>();
    for (const [period, earned] of periods) ours.set(period, (ours.get(period) ?? 0) + earned);
    merged.earnings.set(rule, ours);
  }
  return merged;
}
