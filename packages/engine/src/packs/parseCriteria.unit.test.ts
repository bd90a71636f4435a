import { describe, expect, test } from 'vitest';
import { parsePack } from './parsePack.js';

type Json = Record<string, unknown>;

function issuesOf(criteria: Json, fields: Json = {}): string[] {
  const parsed = parsePack({ pack: 'p', achievements: [{ slug: 'it', name: 'It', reason: 'A test.', criteria, ...fields }] });
  return parsed.ok ? [] : parsed.issues.map(({ path, message }) => `${path.replace('achievements[0].', '')} ${message}`);
}

const count = { type: 'count', event: 'a.b', threshold: 3 };
const ratio = { type: 'ratio', event: 'a.b', success: 'properties.ok', min: 3, threshold: 0.5 };
const steps = [
  { id: 'a', event: 'a.b' },
  { id: 'b', event: 'a.c' },
];
const sequence = { type: 'sequence', steps };

describe('a rolling window', () => {
  test.each(['1h', '36h', '30d', '366d', '52w'])('may be %s', (rolling) => {
    expect(issuesOf({ ...count, window: { rolling } })).toEqual([]);
  });

  test.each([
    ['7 days', 'write 7d'],
    ['2 Weeks', 'write 2w'],
    ['12 hrs', 'write 12h'],
  ])('of %s is told what was meant', (rolling, instead) => {
    expect(issuesOf({ ...count, window: { rolling } })).toEqual([
      `criteria.window.rolling "${rolling}" is no length of time: hours, days or weeks such as 12h, 30d or 4w, from 1h to 366d: ${instead}`,
    ]);
  });

  test.each([['0d'], ['367d'], ['30m'], [30], [null], ['P30D'], ['1.5d'], ['-1d'], ['53w']])('cannot be %j', (rolling) => {
    expect(issuesOf({ ...count, window: { rolling } })).toHaveLength(1);
  });

  test('goes with the criteria that can move it on, alone, and with no repetition', () => {
    const window = { rolling: '7d' };
    expect(issuesOf({ type: 'max', event: 'a.b', value: 'properties.n', threshold: 3, window })[0]).toContain(
      'for max use { calendar: month }',
    );
    expect(issuesOf({ ...ratio, window })[0]).toContain('for ratio use { calendar: month }');
    expect(issuesOf({ ...sequence, window })).toEqual(['criteria.window sequence has no window: leave it out']);
    expect(issuesOf({ ...count, window: { rolling: '7d', calendar: 'week' } })).toHaveLength(1);
    expect(issuesOf({ ...count, window }, { repeat: 'each_period' })[0]).toContain('each_period needs a calendar window');
    expect(issuesOf({ ...count, window }, { repeat: 'every_threshold' })).toHaveLength(1);
    expect(issuesOf({ ...count, window: { roling: '7d' } }).join()).toContain('did you mean rolling?');
  });

  test('of distinct asks for fewer values than a lifetime may', () => {
    const distinct = { type: 'distinct', event: 'a.b', value: 'properties.n', threshold: 10_001 };
    expect(issuesOf(distinct)).toEqual([]);
    expect(issuesOf({ ...distinct, window: { rolling: '7d' } })[0]).toContain('at most 10000');
    const levels = [{ name: 'all', threshold: 100_001, xp_reward: 1 }];
    expect(issuesOf({ ...distinct, threshold: undefined }, { levels })[0]).toContain('can never be met');
  });
});

describe('a ratio', () => {
  test('needs min and success, and a share to reach', () => {
    expect(issuesOf(ratio)).toEqual([]);
    expect(issuesOf({ ...ratio, min: undefined })).toEqual(['criteria.min is missing: give an integer']);
    expect(issuesOf({ ...ratio, min: 0 })).toHaveLength(1);
    expect(issuesOf({ ...ratio, success: undefined })[0]).toContain('is missing: give a CEL condition');
    expect(issuesOf({ ...ratio, success: '"yes"' })).toHaveLength(1);
    expect(issuesOf({ ...ratio, threshold: 90 })).toEqual([
      'criteria.threshold has to be a share above 0 and at most 1, such as 0.9, but is 90',
    ]);
    expect(issuesOf({ ...ratio, threshold: 0 })).toHaveLength(1);
    expect(issuesOf({ ...ratio, threshold: undefined })).toEqual(['criteria.threshold is missing: give a number']);
    const levels = [0.5, 1.5].map((threshold, i) => ({ name: `l${String(i)}`, threshold, xp_reward: 1 }));
    expect(issuesOf({ ...ratio, threshold: undefined }, { levels })).toEqual([
      'levels[1].threshold can never be met: the most that there can be is 1',
    ]);
  });
});

describe('a streak of working days', () => {
  test('is one of days that leaves out the weekend', () => {
    expect(issuesOf({ type: 'streak', event: 'a.b', every: 'weekdays', skip: ['sat'], threshold: 3 })).toEqual([
      'criteria.every has to be one of day, week, month, but is "weekdays". Write every: day with skip: [sat, sun]',
    ]);
  });
});

describe('a sequence', () => {
  test('asks for all its steps unless told otherwise, and for no more', () => {
    const parsed = parsePack({
      pack: 'p',
      achievements: [{ slug: 'it', name: 'It', reason: 'A test.', criteria: { ...sequence, within: '7d' } }],
    });
    expect(parsed.ok && parsed.value.achievements[0]?.criteria).toMatchObject({ threshold: 2, within: '7d' });
    expect(issuesOf({ ...sequence, threshold: 3 })).toEqual(['criteria.threshold can never be met: 3 steps are asked for, of 2']);
    expect(issuesOf({ type: 'achievements', slugs: ['a'], threshold: 2 })[0]).toContain('can never be met');
    expect(issuesOf({ type: 'achievements', slugs: ['it'] })[0]).toContain('"it" waits for itself');
    expect(issuesOf({ ...sequence, within: '7 days' })[0]).toContain('write 7d');
    expect(issuesOf({ ...sequence, steps: [...steps, ...steps] })[0]).toContain('is the id of another step too');
    expect(issuesOf({ ...sequence, event: 'a.b' })[0]).toContain('there is no field event');
  });
});
