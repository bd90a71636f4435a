import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Scalar } from '../expressions/expression.js';
import type { Criteria } from '../packs/pack.js';
import { ByteReader } from '../state/byteReader.js';
import { ByteWriter } from '../state/byteWriter.js';
import { makeEvent } from '../testing/makeEvent.js';
import { codeOfKind, emptyCriterionState, readCriterionState } from './criteria.js';
import type { CriterionState, Match } from './criterionState.js';

const listens = { event: ['a.b'], where: null };
const RUNS = { numRuns: 150 };

interface Subject {
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
const DAYS_AROUND = 60;

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

const SUBJECTS: Subject[] = [
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

SUBJECTS.push(
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
);

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

/** Matches at places of the log that begin after `place`. */
function matchesOf({ values, instants = fc.integer({ min: -5, max: 5 }) }: Subject, place = 0): fc.Arbitrary<Match[]> {
  const parts = fc.tuple(
    fc.integer({ min: -DAYS_AROUND, max: DAYS_AROUND }),
    values,
    fc.constantFrom('a', 'b', 'c'),
    instants,
    fc.boolean(),
  );
  return fc.array(parts, { maxLength: 40 }).map((all) =>
    all.map(([day, value, step, occurredAt, success], i) => ({
      day,
      value,
      step,
      success,
      event: makeEvent({ sequence: place + i + 1, at: occurredAt }),
    })),
  );
}

function stateOf({ criteria }: Subject, matches: readonly Match[]): CriterionState {
  const state = emptyCriterionState(criteria, criteria.threshold);
  if (state === null) throw new Error('a criterion without a state');
  for (const match of matches) state.add(match);
  return state;
}

function merged(...states: CriterionState[]): CriterionState {
  const [first, ...others] = states;
  if (first === undefined) throw new Error('nothing to merge');
  const copy = decoded(bytesOf(first), first.kind);
  for (const other of others) copy.merge(other);
  return copy;
}

function bytesOf(state: CriterionState): Uint8Array {
  const writer = new ByteWriter();
  state.write(writer);
  return writer.finish();
}

const decoded = (bytes: Uint8Array, kind: CriterionState['kind']): CriterionState =>
  readCriterionState(codeOfKind(kind), new ByteReader(bytes));

describe.each(SUBJECTS)('$name', (subject) => {
  const matches = matchesOf(subject);

  test('is what its definition says, recomputed from all matches', () => {
    fc.assert(
      fc.property(matches, (all) => {
        expect(stateOf(subject, all).measure()).toEqual(subject.naive(all));
      }),
      RUNS,
    );
  });

  test('merges associatively and commutatively, with an empty state that changes nothing', () => {
    fc.assert(
      fc.property(matches, matchesOf(subject, 100), matchesOf(subject, 200), (a, b, c) => {
        const [x, y, z] = [a, b, c].map((part) => stateOf(subject, part)) as [CriterionState, CriterionState, CriterionState];
        expect(bytesOf(merged(merged(x, y), z))).toEqual(bytesOf(merged(x, merged(y, z))));
        expect(bytesOf(merged(x, y))).toEqual(bytesOf(merged(y, x)));
        expect(bytesOf(merged(x, stateOf(subject, [])))).toEqual(bytesOf(x));
        expect(bytesOf(merged(stateOf(subject, []), x))).toEqual(bytesOf(x));
      }),
      RUNS,
    );
  });

  test('is the same for any order, and for halves that are merged', () => {
    fc.assert(
      fc.property(
        matches.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.nat(all.length))),
        ([all, shuffled, half]) => {
          const whole = bytesOf(stateOf(subject, all));
          expect(bytesOf(stateOf(subject, shuffled))).toEqual(whole);
          expect(bytesOf(merged(stateOf(subject, shuffled.slice(0, half)), stateOf(subject, shuffled.slice(half))))).toEqual(whole);
        },
      ),
      RUNS,
    );
  });

  test('goes on from its encoding at any point', () => {
    fc.assert(
      fc.property(matches, fc.nat(40), (all, at) => {
        const restored = decoded(bytesOf(stateOf(subject, all.slice(0, at))), stateOf(subject, []).kind);
        for (const match of all.slice(at)) restored.add(match);
        const whole = stateOf(subject, all);
        expect(bytesOf(restored)).toEqual(bytesOf(whole));
        expect(restored.measure()).toEqual(whole.measure());
      }),
      RUNS,
    );
  });
});

describe('a state of one kind', () => {
  test('refuses to be merged with another', () => {
    const states = SUBJECTS.map((subject) => stateOf(subject, []));
    for (const one of states)
      for (const other of states)
        if (one.kind !== other.kind) {
          expect(one.accepts(other)).toBe(false);
          expect(() => one.merge(other)).toThrow(expect.objectContaining({ code: 'kind_mismatch' }) as Error);
        }
  });
});

describe('sum', () => {
  test('does not depend on the order where doubles would', () => {
    const sum = (values: number[]): number | null => {
      const subject = SUBJECTS.find(({ name }) => name === 'sum');
      if (subject === undefined) throw new Error('no sum');
      return stateOf(
        subject,
        values.map((value) => ({ day: 0, value, step: '', success: false, event: makeEvent() })),
      ).measure();
    };
    expect(sum([1e16, 1, -1e16])).toBe(1);
    expect(sum([0.1, 0.2, 0.3, -0.3, -0.2, -0.1])).toBe(0);
    expect(sum([Number.MAX_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE])).toBe(Number.MAX_VALUE);
    expect(sum([Number.MAX_VALUE, Number.MAX_VALUE])).toBe(Number.MAX_VALUE);
    expect(sum([Number.MIN_VALUE, Number.MIN_VALUE])).toBe(2 * Number.MIN_VALUE);
  });
});

describe('distinct', () => {
  test('remembers a bounded number of values, the same in any order', () => {
    const subject = SUBJECTS.find(({ name }) => name === 'distinct');
    if (subject === undefined) throw new Error('no distinct');
    const matches = Array.from(
      { length: 1_500 },
      (_, i): Match => ({ day: 0, value: `value ${String(i)}`, step: '', success: false, event: makeEvent() }),
    );
    const state = stateOf(subject, matches);
    expect(state.measure()).toBe(1_000);
    expect(bytesOf(stateOf(subject, matches.toReversed()))).toEqual(bytesOf(state));
  });
});
