import { describe, expect, test } from 'vitest';
import { specification } from '../specification.js';
import { ByteWriter } from '../state/byteWriter.js';
import { achievement, makePack } from '../testing/makeCatalogue.js';
import { makeEvent } from '../testing/makeEvent.js';
import { SEQUENCE_INSTANTS_MAX, SequenceState } from './sequence.js';

const steps = [
  { id: 'opened', event: 'pr.opened' },
  { id: 'reviewed', event: 'pr.reviewed' },
  { id: 'merged', event: ['pr.merged', 'pr.landed'] },
];
const of = (fields: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  specification(makePack({ achievements: [achievement('it', { criteria: { type: 'sequence', steps, ...fields }, ...more })] }));
const opened = (at: string) => ({ type: 'pr.opened', at });
const reviewed = (at: string) => ({ type: 'pr.reviewed', at });
const merged = (at: string) => ({ type: 'pr.merged', at });

describe('a sequence', () => {
  test('unlocks when all steps happened in their order, in whatever order they are told', () => {
    const any = of({});
    expect(
      any.given(opened('2026-01-01T10:00:00Z'), merged('2026-01-03T10:00:00Z')).when(reviewed('2026-01-02T10:00:00Z')).unlocks,
    ).toEqual(['it']);
    expect(any.given(reviewed('2026-01-01T10:00:00Z'), opened('2026-01-02T10:00:00Z')).when(merged('2026-01-03T10:00:00Z'))).toMatchObject({
      unlocks: [],
      progress: [{ status: 'progressing', value: 1, threshold: 3 }],
    });
  });

  test('takes equal times for their order', () => {
    const at = '2026-01-01T10:00:00Z';
    expect(of({}).given(merged(at), reviewed(at)).when(opened(at)).unlocks).toEqual(['it']);
  });

  test('has to end within its time, to the millisecond', () => {
    const soon = of({ within: '1h' }).given(opened('2026-01-01T10:00:00Z'), reviewed('2026-01-01T10:30:00Z'));
    expect(soon.when(merged('2026-01-01T11:00:00Z')).unlocks).toEqual(['it']);
    expect(soon.when(merged('2026-01-01T11:00:00.001Z'))).toMatchObject({ unlocks: [], progress: [{ value: 2 }] });
  });

  test('begins anew at a later first step', () => {
    const again = of({ within: '1d' }).given(
      opened('2026-01-01T10:00:00Z'),
      opened('2026-01-05T10:00:00Z'),
      reviewed('2026-01-05T11:00:00Z'),
    );
    expect(again.when(merged('2026-01-06T10:00:00Z')).unlocks).toEqual(['it']);
  });

  test('lets one event stand for several steps, and has levels', () => {
    const same = [
      { id: 'first', event: 'deploy.done' },
      { id: 'second', event: 'deploy.*', where: 'properties.production' },
    ];
    const levels = [1, 2].map((threshold) => ({ name: `level-${String(threshold)}`, threshold, xp_reward: 1 }));
    const both = of({ steps: same }, { levels }).given();
    expect(both.when({ type: 'deploy.done', properties: { production: true } }).unlocks).toEqual(['it:level-1', 'it:level-2']);
    expect(both.when({ type: 'deploy.done', properties: { production: false } }).unlocks).toEqual(['it:level-1']);
  });
});

describe('the instants of a sequence', () => {
  const stateOf = (instants: number[]): SequenceState => {
    const state = new SequenceState({ steps: ['a', 'b'], withinMinutes: null });
    for (const at of instants) state.add({ day: 0, value: null, step: 'a', success: false, event: makeEvent({ at }) });
    return state;
  };
  const bytesOf = (state: SequenceState): Uint8Array => {
    const writer = new ByteWriter();
    state.write(writer);
    return writer.finish();
  };
  const all = Array.from({ length: 3 * SEQUENCE_INSTANTS_MAX }, (_, i) => 1_767_000_000_000 + ((i * 7919) % 301) * 3_600_000);

  test('are the newest of each step, in any order and however they are merged', () => {
    const newest = [...new Set(all)].sort((a, b) => b - a).slice(0, SEQUENCE_INSTANTS_MAX);
    expect(bytesOf(stateOf(all))).toEqual(bytesOf(stateOf(newest)));
    expect(bytesOf(stateOf(all.toReversed()))).toEqual(bytesOf(stateOf(newest)));
    const halves = stateOf(all.slice(0, 100));
    halves.merge(stateOf(all.slice(100)));
    expect(bytesOf(halves)).toEqual(bytesOf(stateOf(newest)));
    expect(bytesOf(halves).length).toBeLessThan(6 * SEQUENCE_INSTANTS_MAX);
  });

  test('go on under other steps, as far as they have the same ids', () => {
    const other = new SequenceState({ steps: ['b', 'a'], withinMinutes: 60 });
    other.merge(stateOf(all));
    expect(other.measure()).toBe(0);
    other.add({ day: 0, value: null, step: 'b', success: false, event: makeEvent({ at: 0 }) });
    expect(other.measure()).toBe(1);
  });
});
