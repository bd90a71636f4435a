import type { Rule } from '../catalogue/rule.js';
import { minuteOf } from '../criteria/rollingState.js';
import { formatInstant } from '../expressions/formatInstant.js';
import { NO_PERIOD, parsePeriodName, periodKey, periodName, splitPeriodKey } from '../windows/periodKey.js';
import { MINUTE_MS } from '../windows/span.js';
import type { CountedEvent, NotCountedEvent } from './explanation.js';
import type { ProgressItem } from './progress.js';
import type { Replay } from './replay.js';
import { rollingMinutes } from './rollingMinutes.js';

/** Events that counted: those of the window that the value is shown of, and those of others. */
interface SplitEvents {
  shown: CountedEvent[];
  others: NotCountedEvent[];
}

export function splitEvents(rule: Rule, replay: Replay, of: { item: ProgressItem; now: number }): SplitEvents {
  const { unit } = rule;
  if (unit === null) {
    const events = replay.tallies.get(null)?.events ?? [];
    const minutes = rollingMinutes(rule);
    return minutes === null
      ? { shown: events, others: [] }
      : splitRolling(events, { minutes, end: rollingEnd(events, replay, { ...of, minutes }) });
  }
  const current = splitPeriodKey(parsePeriodName(of.item.period) ?? NO_PERIOD)?.period ?? replay.unlockedWindow;
  const others = [...replay.tallies].flatMap(([window, { events }]) =>
    window === null || window === current
      ? []
      : outside(events, `It counted in ${periodName(periodKey(unit, window)) ?? ''}, which is not the period shown.`),
  );
  return { shown: replay.tallies.get(current)?.events ?? [], others };
}

/** The minute that the window ends at that is shown: the one that unlocked it, else now. */
function rollingEnd(events: readonly CountedEvent[], replay: Replay, of: { item: ProgressItem; now: number; minutes: number }): number {
  const cause = of.item.status === 'unlocked' ? events.find(({ eventId }) => eventId === replay.unlockingEvent) : undefined;
  if (cause === undefined) return minuteOf(of.now);
  // A late event can have filled a window that ends behind it: the one with the most events is the one to show.
  const from = minuteOf(cause.occurredAt);
  const minutes = events.map(({ occurredAt }) => minuteOf(occurredAt)).sort((a, b) => a - b);
  let best = { end: from, events: 0 };
  let start = 0;
  for (const [i, end] of minutes.entries()) {
    while ((minutes[start] ?? end) <= end - of.minutes) start += 1;
    if (end >= from && end < from + of.minutes && i - start + 1 > best.events) best = { end, events: i - start + 1 };
  }
  return best.end;
}

function splitRolling(events: readonly CountedEvent[], { minutes, end }: { minutes: number; end: number }): SplitEvents {
  const isShown = ({ occurredAt }: CountedEvent): boolean => minuteOf(occurredAt) > end - minutes && minuteOf(occurredAt) <= end;
  const left = (event: CountedEvent): string =>
    `It left the window at ${formatInstant((minuteOf(event.occurredAt) + minutes) * MINUTE_MS)}.`;
  const words = (event: CountedEvent): string =>
    minuteOf(event.occurredAt) > end ? 'It lies behind the window that is shown.' : left(event);
  return {
    shown: events.filter(isShown),
    others: events.filter((event) => !isShown(event)).flatMap((event) => outside([event], words(event))),
  };
}

function outside(events: readonly CountedEvent[], detail: string): NotCountedEvent[] {
  return events.map(({ eventId, occurredAt }) => ({ eventId, occurredAt, reason: 'outside_window', detail }));
}
