import type { UnlockKey } from './holdUnlocks.js';
import type { UserState } from './state/userState.js';
import { periodName } from './windows/periodKey.js';

/** The unlocks that a user holds, without those that were revoked. */
export function* heldKeys(state: UserState): Generator<UnlockKey> {
  for (const [slug, { held }] of state.achievements)
    for (const { level, period, unlock } of held.entries())
      if (!unlock.revoked) yield { slug, level: level === '' ? null : level, period: periodName(period) };
}

export function xpOf(state: UserState): number {
  return state.xp;
}
