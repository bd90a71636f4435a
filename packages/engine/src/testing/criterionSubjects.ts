import fc from 'fast-check';
import type { Match } from '../criteria/criterionState.js';
import type { Scalar } from '../expressions/expression.js';
import type { Criteria } from '../packs/pack.js';

const listens = { event: ['a.b'], where: null };

/** A criterion, and what its value is by its definition in words. */
export interface Subject {
  name: string;
  criteria: Criteria;
  values: fc.Arbitrary<Scalar | null>;
  /** When the matches occurred; close together where it matters for their order alone. */
  instants?: fc.Arbitrary<number>;
  /** The value by the definition in words, recomputed from all matches. */
  naive: (matches: readonly Match[]) => number | null;
}

const doubles = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
/** The naive sum below reckons in units of 2^-600. */
const numbers = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  doubles.filter((value) => value === 0 || Math.abs(value) > 1e-100).map((value) => value + 0),
);
/** Matches lie so many days around 1970. */
export const DAYS_AROUND = 60;

const latestOf = (matches: readonly Match[]): Match | undefined =>
  [...matches].sort((a, b) => a.event.occurredAt - b.event.occurredAt || a.event.sequence - b.event.sequence).at(-1);

/** Walks over every day of the span: no runs, no indices. */
function naiveStreak(matches: readonly Match[], of: { min: number; grace: number; skips: (day: number) => boolean }): number {
  let longest = 0;
  let length = 0;
  let missed = 0;
  for (let day = -DAYS_AROUND; day <= DAYS_AROUND; day++) {
    if (of.skips(day)) continue;
    if (matches.filter((match) => match.day === day).length >= of.min) {
      length = missed <= of.grace ? length + 1 : 1;
      missed = 0;
    } else missed += 1;
    longest = Math.max(longest, length);
  }
  return longest;
}

const isWeekend = (day: number): boolean => [6, 0].includes(new Date(day * 86_400_000).getUTCDay());

const UNMOVED: Subject[] = [
  {
    name: 'count',
    criteria: { type: 'count', ...listens, threshold: 1, window: null },
    values: fc.constant(null),
    naive: (all) => all.length,
  },
  {
    name: 'sum',
    criteria: { type: 'sum', ...listens, value: '1', threshold: 1, window: null },
    values: numbers,
    naive: (all) => Number(all.reduce((sum, match) => sum + exactly(match.value as number), 0n)) / 2 ** 600,
  },
  {
    name: 'max',
    criteria: { type: 'max', ...listens, value: '1', threshold: 1, window: null },
    values: numbers,
    naive: (all) => (all.length === 0 ? null : Math.max(...all.map((match) => match.value as number))),
  },
  {
    name: 'latest',
    criteria: { type: 'latest', ...listens, value: '1', threshold: 1, window: null },
    values: numbers,
    naive: (all) => (latestOf(all)?.value as number | undefined) ?? null,
  },
  {
    name: 'distinct',
    criteria: { type: 'distinct', ...listens, value: '1', threshold: 1, window: null },
    values: fc.oneof(
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom('0', '1', 'true', '', 'ä', 'x'.repeat(30), `${'x'.repeat(30)}y`),
      fc.boolean(),
    ),
    naive: (all) => {
      const seen: Scalar[] = [];
      for (const { value } of all) if (value !== null && !seen.some((other) => other === value)) seen.push(value);
      return seen.length;
    },
  },
  {
    name: 'checklist',
    criteria: { type: 'checklist', steps: ['a', 'b', 'c'].map((id) => ({ id, ...listens })), threshold: 3, window: null },
    values: fc.constant(null),
    naive: (all) => ['a', 'b', 'c', 'd'].filter((step) => all.some((match) => match.step === step)).length,
  },
  {
    name: 'manual',
    criteria: { type: 'manual', on: listens, threshold: 1 },
    values: fc.constant(null),
    naive: (all) => (all.length > 0 ? 1 : null),
  },
  ...[
    { min: 1, grace: 0, skip: [] as const },
    { min: 2, grace: 0, skip: [] as const },
    { min: 1, grace: 2, skip: [] as const },
    { min: 2, grace: 1, skip: ['sun', 'sat'] as const },
  ].map(
    ({ min, grace, skip }): Subject => ({
      name: `streak by day, min ${String(min)}, grace ${String(grace)}, ${String(skip.length)} days skipped`,
      criteria: { type: 'streak', ...listens, threshold: 1, every: 'day', min, grace, skip: [...skip] },
      values: fc.constant(null),
      naive: (all) => naiveStreak(all, { min, grace, skips: (day) => skip.length > 0 && isWeekend(day) }),
    }),
  ),
];

const MINUTE_MS = 60_000;
const WINDOW_MINUTES = 60;
/** All that an hour's window remembers, mostly close together. */
const rollingInstants = fc
  .oneof(fc.integer({ min: 0, max: 3 * WINDOW_MINUTES }), fc.integer({ min: -200, max: WINDOW_MINUTES + 7 * 24 * 60 - 200 }))
  .chain((minute) => fc.integer({ min: 0, max: MINUTE_MS - 1 }).map((ms) => minute * MINUTE_MS + ms));

/** The windows that end at some match. */
function rollingWindows(all: readonly Match[]): Match[][] {
  const minute = ({ event }: Match): number => Math.floor(event.occurredAt / MINUTE_MS);
  return all.map((end) => all.filter((match) => minute(match) <= minute(end) && minute(match) > minute(end) - WINDOW_MINUTES));
}

const total = (all: readonly Match[]): number => Number(all.reduce((sum, match) => sum + exactly(match.value as number), 0n)) / 2 ** 600;
const different = (all: readonly unknown[]): number => all.filter((value, i) => all.indexOf(value) === i).length;
const largest = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));

/** Tries every chain of matches. */
function longestChain(all: readonly Match[], of: { steps: readonly string[]; within: number }): number {
  const from = (step: number, first: number, previous: number): number =>
    Math.max(
      0,
      ...all
        .filter(({ step: id, event: { occurredAt } }) => id === of.steps[step] && occurredAt >= previous && occurredAt - first <= of.within)
        .map(({ event: { occurredAt } }) => 1 + from(step + 1, first, occurredAt)),
    );
  const [begin] = of.steps;
  return Math.max(0, ...all.filter(({ step }) => step === begin).map(({ event: { occurredAt } }) => 1 + from(1, occurredAt, occurredAt)));
}

const rolling = { threshold: 1, window: { rolling: '1h' } };
const abc = ['a', 'b', 'c'].map((id) => ({ id, ...listens }));
const scalars = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('0', '1', 'true', ''), fc.boolean());

const MOVING: Subject[] = [
  {
    name: 'ratio',
    criteria: { type: 'ratio', ...listens, success: 'true', min: 3, threshold: 0.5, window: null },
    values: fc.constant(null),
    naive: (all) => (all.length < 3 ? null : all.filter(({ success }) => success).length / all.length),
  },
  ...[null, '1h'].map(
    (within): Subject => ({
      name: `sequence within ${String(within)}`,
      criteria: { type: 'sequence', steps: abc, within, threshold: 3 },
      values: fc.constant(null),
      instants: rollingInstants,
      naive: (all) => longestChain(all, { steps: ['a', 'b', 'c'], within: within === null ? Infinity : WINDOW_MINUTES * MINUTE_MS }),
    }),
  ),
  {
    name: 'rolling count',
    criteria: { type: 'count', ...listens, ...rolling },
    values: fc.constant(null),
    instants: rollingInstants,
    naive: (all) => largest(rollingWindows(all).map((window) => window.length)),
  },
  {
    name: 'rolling sum',
    criteria: { type: 'sum', ...listens, value: '1', ...rolling },
    values: numbers,
    instants: rollingInstants,
    naive: (all) => largest(rollingWindows(all).map(total)),
  },
  {
    name: 'rolling distinct',
    criteria: { type: 'distinct', ...listens, value: '1', ...rolling },
    values: scalars,
    instants: rollingInstants,
    naive: (all) => largest(rollingWindows(all).map((window) => different(window.map(({ value }) => value)))),
  },
  {
    name: 'rolling checklist',
    criteria: { type: 'checklist', steps: abc, ...rolling },
    values: fc.constant(null),
    instants: rollingInstants,
    naive: (all) => largest(rollingWindows(all).map((window) => different(window.map(({ step }) => step)))),
  },
];

/** A double of the range of these tests, times 2^600: a whole number. */
function exactly(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  const mantissa = (BigInt(high & 0xfffff) << 32n) + BigInt(bits.getUint32(4)) + (exponent === 0 ? 0n : 2n ** 52n);
  const scale = (exponent === 0 ? 1 : exponent) - 1075 + 600;
  const size = scale >= 0 ? mantissa << BigInt(scale) : mantissa >> BigInt(-scale);
  return value < 0 ? -size : size;
}

/** Every criterion that counts events, with every kind of parameter. */
export const SUBJECTS: readonly Subject[] = [...UNMOVED, ...MOVING];
