import { AchievementState } from './state/achievementState.js';
import type { UserState } from './state/userState.js';
import { parsePeriodName } from './windows/periodKey.js';

/** Which unlock: unique for a user. */
export interface UnlockKey {
  slug: string;
  level: string | null;
  period: string | null;
}

/** One that the store has. */
export interface ExistingUnlock extends UnlockKey {
  revoked: boolean;
}

/** Of a definition that nobody knows any more: the next rule that meets it adopts it. */
const NO_VERSION = 0;

/** Makes a state agree with unlocks and XP that exist without it knowing: a repair from the store's rows. */
export function holdUnlocks(state: UserState, unlocks: readonly ExistingUnlock[], xpTotal: number): void {
  state.written.forget();
  for (const { slug, level, period, revoked } of unlocks) {
    const key = parsePeriodName(period);
    if (key === null) continue;
    let entry = state.achievements.get(slug);
    if (entry === undefined) state.achievements.set(slug, (entry = new AchievementState(NO_VERSION)));
    if (entry.held.get(level ?? '', key) === undefined)
      entry.held.put(level ?? '', key, { xpReward: null, value: null, threshold: null, revoked, retracted: false, turns: revoked ? 1 : 0 });
  }
  state.xp = xpTotal;
}
