import { type ByHand, transitionFor } from './byHand.js';
import type { Catalogue } from './catalogue/catalogue.js';
import type { Effects } from './effects.js';
import { cascade } from './settle.js';
import type { UserState } from './state/userState.js';
import type { Transition } from './transition.js';
import { entryKey, paidFor, payXp } from './unlock.js';
import { parsePeriodName } from './windows/periodKey.js';

/** Takes an unlock and its XP back. It does not unlock by itself again. Nothing happens where it is not held. */
export function revoke(catalogue: Catalogue, state: UserState, revoked: ByHand): Effects {
  const transition = transitionFor(revoked, { catalogue, state });
  if (!takeBack(transition, revoked)) return transition.finish();
  // Taking back a reward below nothing adds XP.
  cascade(transition);
  return transition.finish();
}

/** Answers whether it was held. `isRetracted`: it followed from an event that is retracted, and may unlock by itself again. */
export function takeBack(transition: Transition, revoked: ByHand & { isRetracted?: boolean }): boolean {
  const { catalogue, state } = transition;
  const { slug, reason, isRetracted = false } = revoked;
  const level = revoked.level ?? '';
  const period = parsePeriodName(revoked.period);
  const entry = state.achievements.get(slug);
  const held = period === null ? undefined : entry?.held.get(level, period);
  if (entry === undefined || period === null || held === undefined || held.revoked) return false;

  const published = catalogue.rules.get(slug)?.levels.find((candidate) => candidate.name === level);
  const xpReward = held.xpReward ?? published?.xpReward ?? 0;
  const threshold = held.threshold ?? published?.threshold ?? held.value ?? 0;
  const turns = held.turns + 1;
  entry.held.put(level, period, { ...held, revoked: true, retracted: isRetracted, turns });
  if (isRetracted) entry.reopen();
  const point = { rule: { slug }, level: { name: level }, period };
  payXp(transition, { entryKey: entryKey('revocation', point, turns), amount: -xpReward, reason: 'revocation', ...paidFor(point) });
  transition.noteRevocation({
    slug,
    definition: catalogue.definitions.get(slug) ?? null,
    level: revoked.level,
    period: revoked.period,
    value: held.value ?? threshold,
    threshold,
    xpReward,
    xpTotal: state.xp,
    revokedAt: revoked.at,
    causedBy: revoked.cause,
    reason,
  });
  transition.markProgress(slug);
  return true;
}
