import type { Catalogue } from '../catalogue/catalogue.js';
import type { ProgressItem } from '../explain/progress.js';
import { rollingMinutes } from '../explain/rollingMinutes.js';
import type { UserState } from '../state/userState.js';
import { firstDayOf, periodOfDay } from '../windows/period.js';
import { MINUTE_MS } from '../windows/span.js';
import { zoneOrUtc } from '../zones/zones.js';

/** A rolling window is looked at again so often while it passes by. */
const ROLLING_STEPS = 96;

/**
 * When progress that is shown as of an instant is to be shown anew though no event comes: at the end of its calendar window; of a rolling
 * one, of which a part may fall out at any minute, once in a hundredth of it or so. null where time changes nothing.
 */
export function lapsesAt(catalogue: Catalogue, state: UserState, of: { item: ProgressItem; at: number }): number | null {
  const { item, at } = of;
  const rule = catalogue.rules.get(item.slug);
  if (rule === undefined || (rule.once && item.status === 'unlocked')) return null;
  const { unit } = rule;
  if (unit !== null) {
    const zone = zoneOrUtc(state.zone ?? catalogue.settings.timezone);
    return zone.startOfDay(firstDayOf(unit, periodOfDay(unit, zone.dayOf(at)) + 1));
  }
  const minutes = rollingMinutes(rule);
  return minutes === null || item.value === 0 ? null : at + Math.ceil(minutes / ROLLING_STEPS) * MINUTE_MS;
}
