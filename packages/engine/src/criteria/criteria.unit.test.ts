import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../state/byteReader.js';
import { ByteWriter } from '../state/byteWriter.js';
import { DAYS_AROUND, SUBJECTS, type Subject } from '../testing/criterionSubjects.js';
import { makeEvent } from '../testing/makeEvent.js';
import { codeOfKind, criterionFactory, readCriterionState } from './criteria.js';
import type { CriterionState, Match } from './criterionState.js';

const RUNS = { numRuns: 150 };

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
  const state = criterionFactory(criteria, criteria.threshold)();
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

  // proves: halves-merge
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
