import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Criteria } from '../packs/pack.js';
import { ByteReader } from '../state/byteReader.js';
import { ByteWriter } from '../state/byteWriter.js';
import { makeEvent } from '../testing/makeEvent.js';
import { bestRolling, type PlainCriteria, type PlainEvent, takenByRolling } from '../testing/naiveCriteria.js';
import { codeOfKind, criterionFactory, readCriterionState } from './criteria.js';
import type { Match } from './criterionState.js';
import { isRolling, LATE_MINUTES, type RollingState } from './rollingState.js';

const RUNS = { numRuns: 300 };
const MINUTE_MS = 60_000;
const WINDOW_MINUTES = 60;
const HORIZON_MINUTES = WINDOW_MINUTES + LATE_MINUTES;
const window = { rolling: '1h' };
const steps = [
  { id: 'a', event: ['a.b'], where: null },
  { id: 'b', event: ['a.b'], where: null },
];

/** `value`: how the naive implementation says it. */
const KINDS: { criteria: Criteria; value: string }[] = [
  { criteria: { type: 'count', event: ['a.b'], where: null, threshold: 1, window }, value: 'properties.n' },
  { criteria: { type: 'sum', event: ['a.b'], where: null, value: '1', threshold: 1, window }, value: 'properties.n' },
  { criteria: { type: 'distinct', event: ['a.b'], where: null, value: '1', threshold: 1, window }, value: 'properties.n' },
];

/** Mostly close together, and often around the instant before which all is forgotten. */
const minutes = fc.oneof(
  fc.integer({ min: 0, max: 3 * WINDOW_MINUTES }),
  fc.integer({ min: HORIZON_MINUTES - 5, max: HORIZON_MINUTES + 3 * WINDOW_MINUTES }),
  fc.integer({ min: 2 * HORIZON_MINUTES, max: 2 * HORIZON_MINUTES + WINDOW_MINUTES }),
);
const matches: fc.Arbitrary<Match[]> = fc
  .array(fc.tuple(minutes, fc.integer({ min: -3, max: 6 }), fc.constantFrom('a', 'b')), { maxLength: 30 })
  .map((all) =>
    all.map(([minute, value, step], i) => ({
      day: 0,
      value,
      step,
      success: false,
      event: makeEvent({ at: minute * MINUTE_MS, sequence: i + 1 }),
    })),
  );

function stateOf(criteria: Criteria, all: readonly Match[] = []): RollingState {
  const state = criterionFactory(criteria, criteria.threshold)();
  if (state === null || !isRolling(state)) throw new Error('it does not roll');
  for (const match of all) state.add(match);
  return state;
}

function bytesOf(state: RollingState): Uint8Array {
  const writer = new ByteWriter();
  state.write(writer);
  return writer.finish();
}

function restored(state: RollingState): RollingState {
  const copy = readCriterionState(codeOfKind(state.kind), new ByteReader(bytesOf(state)));
  if (!isRolling(copy)) throw new Error('it does not roll');
  return copy;
}

function merged(...states: RollingState[]): RollingState {
  const [first, ...others] = states;
  if (first === undefined) throw new Error('nothing to merge');
  const copy = restored(first);
  for (const other of others) copy.merge(other);
  return copy;
}

const plain = ({ event, value }: Match): PlainEvent => ({
  type: 'a.b',
  at: event.occurredAt,
  place: event.sequence,
  n: Number(value),
  s: undefined,
  local: new Date(0),
});

describe.each(KINDS)('a rolling $criteria.type', ({ criteria, value }) => {
  const asWritten: PlainCriteria = { type: criteria.type, event: 'a.b', value };

  test('is what the definition says after every match, also when much was forgotten', () => {
    fc.assert(
      fc.property(matches, (all) => {
        const state = stateOf(criteria);
        all.forEach((match, i) => {
          state.add(match);
          const taken = takenByRolling(window.rolling, all.slice(0, i + 1).map(plain));
          expect(state.measure()).toBe(bestRolling(asWritten, window.rolling, taken));
        });
      }),
      RUNS,
    );
  });

  test('measures what a match can have changed as a state that was just restored does', () => {
    fc.assert(
      fc.property(matches, (all) => {
        const state = stateOf(criteria);
        for (const match of all) {
          const at = match.event.occurredAt;
          if (at < state.forgetsBefore) continue;
          state.add(match);
          const other = restored(state);
          expect([state.measureAround(at), state.measureAt(at)]).toEqual([other.measureAround(at), other.measureAt(at)]);
          // No value is none of the windows; one of them is at most the best.
          const around = state.measureAround(at);
          if (around !== null) expect(around).toBeLessThanOrEqual(state.measure() ?? Number.NEGATIVE_INFINITY);
        }
      }),
      RUNS,
    );
  });

  test('merges associatively and commutatively, however far the events lie apart', () => {
    fc.assert(
      fc.property(matches, matches, matches, (a, b, c) => {
        const [x, y, z] = [stateOf(criteria, a), stateOf(criteria, b), stateOf(criteria, c)];
        expect(bytesOf(merged(merged(x, y), z))).toEqual(bytesOf(merged(x, merged(y, z))));
        expect(bytesOf(merged(x, y))).toEqual(bytesOf(merged(y, x)));
      }),
      RUNS,
    );
  });
});

describe('a rolling count', () => {
  test('goes on the same when what is forgotten is cut off', () => {
    const [kind] = KINDS;
    if (kind === undefined) throw new Error('no count');
    const state = stateOf(kind.criteria);
    const every = 25;
    for (let i = 0; i < 1_500; i++) {
      const at = i * every * MINUTE_MS;
      state.add({ day: 0, value: null, step: '', success: false, event: makeEvent({ at }) });
      const value = state.measureAround(at);
      if (i % 7 === 0) expect(value).toBe(restored(state).measureAround(at));
      if (i % 10 === 0) {
        const late = at - every * MINUTE_MS + MINUTE_MS;
        state.add({ day: 0, value: null, step: '', success: false, event: makeEvent({ at: late }) });
        expect(state.measureAround(late)).toBe(restored(state).measureAround(late));
        expect(bytesOf(restored(state))).toEqual(bytesOf(state));
      }
    }
    expect(bytesOf(state).length).toBeLessThan(4 * HORIZON_MINUTES);
  });

  test('holds the same whatever the order, also of what came too late', () => {
    const [kind] = KINDS;
    if (kind === undefined) throw new Error('no count');
    fc.assert(
      fc.property(
        matches.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(bytesOf(stateOf(kind.criteria, shuffled))).toEqual(bytesOf(stateOf(kind.criteria, all)));
        },
      ),
      RUNS,
    );
  });
});

describe('the spans of a rolling distinct', () => {
  const distinct = (threshold: number, rolling: string): Criteria => ({
    type: 'distinct',
    event: ['a.b'],
    where: null,
    value: '1',
    threshold,
    window: { rolling },
  });
  const match = (minute: number, value: string): Match => ({
    day: 0,
    value,
    step: '',
    success: false,
    event: makeEvent({ at: minute * MINUTE_MS }),
  });

  test('are bounded, and the newest window is exact all the same', () => {
    const state = stateOf(distinct(10, '1h'));
    for (let i = 0; i < 3_000; i++) {
      state.add(match(i, `value ${String(i)}`));
      expect(state.measureAround(i * MINUTE_MS)).toBe(Math.min(i + 1, WINDOW_MINUTES));
    }
    expect(bytesOf(state).length).toBeLessThan(1_000 * 40);
    expect(restored(state).measure()).toBe(WINDOW_MINUTES);
  });

  test('go on under a longer window, and keep what is certain under a shorter one', () => {
    const all = [match(0, 'a'), match(50, 'b'), match(100, 'c')];
    const longer = stateOf(distinct(3, '2h'));
    longer.merge(stateOf(distinct(3, '1h'), all));
    expect(longer.measure()).toBe(3);
    const shorter = stateOf(distinct(3, '1h'));
    shorter.merge(stateOf(distinct(3, '2h'), [...all, match(110, 'a')]));
    expect([shorter.measure(), shorter.measureAt(110 * MINUTE_MS)]).toEqual([2, 2]);
    expect(stateOf({ ...distinct(2, '1h'), type: 'checklist', steps } as Criteria).accepts(longer)).toBe(false);
  });
});

describe('a rolling sum', () => {
  test('does not take what is left of a window for more than it was', () => {
    const sum: Criteria = { type: 'sum', event: ['a.b'], where: null, value: '1', threshold: 50, window };
    const match = (minute: number, value: number): Match => ({
      day: 0,
      value,
      step: '',
      success: false,
      event: makeEvent({ at: minute * MINUTE_MS }),
    });
    const state = stateOf(sum, [match(0, -100), match(30, 60)]);
    expect(state.measure()).toBe(-40);
    state.add(match(HORIZON_MINUTES + 1, 1));
    expect(restored(state).measure()).toBe(1);
  });
});
