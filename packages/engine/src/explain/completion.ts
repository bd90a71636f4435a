import type { Rule } from '../catalogue/rule.js';
import type { EngineEvent } from '../engineEvent.js';
import type { RecordedUnlock } from './recordedUnlock.js';

/** A place in the log. */
interface Place {
  sequence: number;
  index: number;
}

/**
 * From which place of the log on nothing was left to unlock, so that nothing counted any more; null where something is.
 * Behind the event that gave the last unlock, where the history holds it; else behind the entry of the log that gave it.
 */
export function completedAfter(rule: Rule, unlocks: readonly RecordedUnlock[], history: readonly EngineEvent[]): Place | null {
  if (!rule.once) return null;
  const last = rule.levels.map(({ name }) => unlocks.find(({ level, period }) => (level ?? '') === name && period === null));
  const causes = new Set(last.map((unlock) => unlock?.causedBy));
  const events = new Map(history.filter(({ eventId }) => causes.has(eventId)).map((event) => [event.eventId, event]));
  let latest: Place = { sequence: Number.NEGATIVE_INFINITY, index: 0 };
  for (const unlock of last) {
    if (unlock === undefined) return null;
    const place = placeOf(unlock, events.get(unlock.causedBy));
    if (isBehind(place, latest)) latest = place;
  }
  return latest;
}

export function isBehind(one: Place, other: Place): boolean {
  return one.sequence > other.sequence || (one.sequence === other.sequence && one.index > other.index);
}

function placeOf(unlock: RecordedUnlock, cause: EngineEvent | undefined): Place {
  if (cause !== undefined) return cause;
  // What a recount found lies before the publication; an event that is not at hand lies before those that are.
  return { sequence: unlock.backfilled ? Number.NEGATIVE_INFINITY : unlock.sequence, index: Number.POSITIVE_INFINITY };
}
