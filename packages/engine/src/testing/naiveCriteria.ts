import { daysBetween, periodOf, weekdayName } from './naiveCalendar.js';

/** An event as the naive implementation sees it. `at`: milliseconds; `place`: where it stands in the log. */
export interface PlainEvent {
  type: string;
  at: number;
  place: number;
  n: number;
  /** Some events do not have it, and then what looks at it fails. */
  s: string | undefined;
  /** The wall clock of the user, in the zone that held when it was taken. */
  local: Date;
}

/** Criteria as an author writes them. */
export interface PlainCriteria {
  type: string;
  event?: string | string[];
  where?: string;
  value?: string;
  success?: string;
  steps?: { id: string; event: string | string[]; where?: string }[];
  threshold?: number;
  min?: number;
  within?: string;
  every?: string;
  grace?: number;
  skip?: string[];
  slugs?: string[];
  window?: { calendar?: string; rolling?: string };
}

/** What the expressions of generated packs mean; undefined where they fail. */
const MEANINGS: Readonly<Record<string, (event: PlainEvent) => unknown>> = {
  'properties.n': ({ n }) => n,
  'properties.n - 3.0': ({ n }) => n - 3,
  'properties.s': ({ s }) => s,
  'properties.n > 2': ({ n }) => n > 2,
  'properties.n > 5': ({ n }) => n > 5,
  'properties.s == "a"': ({ s }) => (s === undefined ? undefined : s === 'a'),
  'properties.s == "b"': ({ s }) => (s === undefined ? undefined : s === 'b'),
  'properties.s in ["a", "b"]': ({ s }) => (s === undefined ? undefined : s === 'a' || s === 'b'),
};

export function evaluate(text: string, event: PlainEvent): unknown {
  const meaning = MEANINGS[text];
  if (meaning === undefined) throw new Error(`nobody told the naive implementation what ${text} means`);
  return meaning(event);
}

function listens(patterns: string | string[] | undefined, type: string): boolean {
  return [patterns ?? []].flat().some((pattern) => {
    const tokens = pattern.split('.');
    const given = type.split('.');
    if (tokens.at(-1) === '>')
      return given.length >= tokens.length && tokens.slice(0, -1).every((token, i) => token === '*' || token === given[i]);
    return tokens.length === given.length && tokens.every((token, i) => token === '*' || token === given[i]);
  });
}

function passes(matcher: { event?: string | string[]; where?: string }, event: PlainEvent): boolean {
  return listens(matcher.event, event.type) && (matcher.where === undefined || evaluate(matcher.where, event) === true);
}

/** Whether an event is a match, value and success included. */
export function isMatch(criteria: PlainCriteria, event: PlainEvent): boolean {
  if (criteria.steps !== undefined) return criteria.steps.some((step) => passes(step, event));
  if (!passes(criteria, event)) return false;
  return [criteria.value, criteria.success].every((text) => text === undefined || evaluate(text, event) !== undefined);
}

const SPANS_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };
const WEEK_MS = 7 * 86_400_000;
const spanMs = (text: string): number => Number(text.slice(0, -1)) * (SPANS_MS[text.slice(-1)] ?? 0);

const minuteOf = (at: number): number => Math.floor(at / 60_000) * 60_000;
const largest = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));
const numbersOf = (criteria: PlainCriteria, matches: readonly PlainEvent[]): number[] =>
  matches.map((event) => Number(evaluate(criteria.value ?? '', event)));

/** The value of a criterion over some matches; null where there is none. */
export function measure(criteria: PlainCriteria, matches: readonly PlainEvent[]): number | null {
  switch (criteria.type) {
    case 'count':
      return matches.length;
    case 'sum':
      return numbersOf(criteria, matches).reduce((sum, value) => sum + value, 0);
    case 'max':
      return largest(numbersOf(criteria, matches));
    case 'latest': {
      const newest = [...matches].sort((a, b) => a.at - b.at || a.place - b.place).at(-1);
      return newest === undefined ? null : Number(evaluate(criteria.value ?? '', newest));
    }
    case 'distinct':
      return new Set(matches.map((event) => evaluate(criteria.value ?? '', event))).size;
    case 'checklist':
      return (criteria.steps ?? []).filter((step) => matches.some((event) => passes(step, event))).length;
    case 'sequence':
      return longestPrefix(criteria, matches);
    case 'ratio': {
      const successes = matches.filter((event) => evaluate(criteria.success ?? '', event) === true);
      return matches.length < (criteria.min ?? 1) ? null : successes.length / matches.length;
    }
    case 'streak':
      return longestStreak(criteria, matches);
    default:
      throw new Error(`no value of ${criteria.type}`);
  }
}

function longestPrefix({ steps = [], within }: PlainCriteria, matches: readonly PlainEvent[]): number {
  const instants = steps.map((step) => matches.filter((event) => passes(step, event)).map(({ at }) => at));
  const prefixes = (instants[0] ?? []).map((first) => {
    let previous = first;
    let length = 0;
    for (const candidates of instants) {
      const next = candidates.filter((at) => at >= previous && (within === undefined || at <= first + spanMs(within)));
      if (next.length === 0) break;
      previous = Math.min(...next);
      length += 1;
    }
    return length;
  });
  return Math.max(0, ...prefixes);
}

/** Walks through the calendar a day at a time. */
function longestStreak({ every = 'day', min = 1, grace = 0, skip = [] }: PlainCriteria, matches: readonly PlainEvent[]): number {
  const locals = matches.map(({ local }) => local).sort((a, b) => a.getTime() - b.getTime());
  const [first, last] = [locals[0], locals.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const counted = new Map<string, number>();
  for (const day of daysBetween(first, last)) if (!skip.includes(weekdayName(day))) counted.set(periodOf(every, day), 0);
  for (const local of locals) {
    const period = periodOf(every, local);
    if (!skip.includes(weekdayName(local))) counted.set(period, (counted.get(period) ?? 0) + 1);
  }
  let longest = 0;
  let length = 0;
  let missed = 0;
  for (const matched of counted.values()) {
    if (matched >= min) {
      length = missed <= grace ? length + 1 : 1;
      missed = 0;
      longest = Math.max(longest, length);
    } else missed += 1;
  }
  return longest;
}

/** The matches that a rolling window ever took: those that did not come too late. `matches` in the order of the log. */
export function takenByRolling(span: string, matches: readonly PlainEvent[]): PlainEvent[] {
  let newest = Number.NEGATIVE_INFINITY;
  return matches.filter(({ at }) => {
    if (minuteOf(at) < newest - spanMs(span) - WEEK_MS) return false;
    newest = Math.max(newest, minuteOf(at));
    return true;
  });
}

/** The best of the windows that are remembered. `taken`: as takenByRolling gives them. */
export function bestRolling(criteria: PlainCriteria, span: string, taken: readonly PlainEvent[]): number | null {
  const length = spanMs(span);
  const horizon = Math.max(...taken.map(({ at }) => minuteOf(at))) - length - WEEK_MS;
  const isForgotten = ({ at }: PlainEvent): boolean => minuteOf(at) < horizon;
  // A value or step that was seen just before the horizon still is in the windows that began before it.
  const isTotal = criteria.type === 'count' || criteria.type === 'sum';
  const values = taken.flatMap((event) => {
    if (isTotal && isForgotten(event)) return [];
    const end = Math.max(minuteOf(event.at), horizon);
    const window = taken.filter(({ at }) => minuteOf(at) <= end && minuteOf(at) > end - length);
    if (!isTotal) return [measure(criteria, window) ?? 0];
    // What is left of a window is no value of it where something negative was forgotten.
    if (criteria.type === 'sum' && window.some((match) => isForgotten(match) && Number(evaluate(criteria.value ?? '', match)) < 0))
      return [];
    return [
      measure(
        criteria,
        window.filter((match) => !isForgotten(match)),
      ) ?? 0,
    ];
  });
  return largest(values);
}
