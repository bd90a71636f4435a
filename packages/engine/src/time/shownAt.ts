import { countsOf } from '../adoptState.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Rule } from '../catalogue/rule.js';
import { isRolling, LATE_MINUTES } from '../criteria/rollingState.js';
import { rollingMinutes } from '../explain/rollingMinutes.js';
import type { UserState } from '../state/userState.js';
import { firstDayOf } from '../windows/period.js';
import { MINUTE_MS } from '../windows/span.js';
import type { Zone } from '../zones/zone.js';
import { zoneOrUtc } from '../zones/zones.js';

/**
 * The instant that the progress of a user is shown as of: that of the last tick, or a later one where what was counted for the user
 * shows that it is later. So it follows from the log alone, and is the same after a replay.
 */
export function shownAt(catalogue: Catalogue, state: UserState, tick: number): number {
  const zone = zoneOrUtc(state.zone ?? catalogue.settings.timezone);
  let at = tick;
  for (const slug of state.achievements.keys()) {
    const rule = catalogue.rules.get(slug);
    if (rule !== undefined) at = Math.max(at, newestOf(state, rule, zone));
  }
  return at;
}

/** As far as a rule keeps it: the minute of the newest match in a rolling window, the beginning of the newest calendar window. */
function newestOf(state: UserState, rule: Rule, zone: Zone): number {
  if (rule.unit === null && !rule.rolling) return Number.NEGATIVE_INFINITY;
  const counts = countsOf(state, rule);
  if (counts === null) return Number.NEGATIVE_INFINITY;
  const { unit } = rule;
  if (unit !== null) return counts.periods.size === 0 ? Number.NEGATIVE_INFINITY : zone.startOfDay(firstDayOf(unit, counts.newestPeriod));
  const minutes = rollingMinutes(rule);
  if (minutes === null || counts.lifetime === null || !isRolling(counts.lifetime)) return Number.NEGATIVE_INFINITY;
  return counts.lifetime.forgetsBefore + (minutes + LATE_MINUTES) * MINUTE_MS;
}
