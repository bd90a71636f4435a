import { adoptState } from '../adoptState.js';
import type { UnlockEffect } from '../effects.js';
import { AchievementState } from '../state/achievementState.js';
import type { Transition } from '../transition.js';
import { entryKey, paidFor, payXp } from '../unlock.js';
import { NO_PERIOD, parsePeriodName } from '../windows/periodKey.js';

/**
 * Gives an unlock that a recount found, as it was found and put down to the event that brought it about; nothing happens
 * where it is held, or a person took it back. What went with a retracted event is given again: it counts without that event.
 */
export function giveFound(transition: Transition, found: UnlockEffect): void {
  const { state } = transition;
  const { slug } = found.definition;
  const name = found.level ?? '';
  const period = parsePeriodName(found.period);
  const entry = state.achievements.get(slug) ?? begin(transition, found);
  if (period === null || entry.held.isGiven(name, period)) return;
  const before = entry.held.get(name, period);
  const turns = before === undefined ? 0 : before.turns + 1;
  const { threshold, value, xpReward } = found;
  const isOnly = period === NO_PERIOD;
  entry.held.put(name, period, {
    xpReward,
    value: isOnly ? value : null,
    threshold: isOnly ? threshold : null,
    revoked: false,
    retracted: false,
    turns,
  });
  const { backfilled } = transition.cause;
  transition.because({ ...transition.cause, at: found.unlockedAt, id: found.causedBy }, () => {
    const point = { rule: { slug }, level: { name }, period };
    payXp(transition, { entryKey: entryKey('unlock', point, turns), amount: xpReward, reason: 'unlock', ...paidFor(point) });
  });
  transition.noteUnlock({ ...found, xpTotal: state.xp, backfilled, restored: before !== undefined });
}

/** The version is the one that found it, which a later one adopts. */
function begin({ state, catalogue }: Transition, { definition }: UnlockEffect): AchievementState {
  const rule = catalogue.rules.get(definition.slug);
  if (rule !== undefined) return adoptState(state, rule);
  const entry = new AchievementState(definition.version);
  state.achievements.set(definition.slug, entry);
  return entry;
}
