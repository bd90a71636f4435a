import { describe, expect, test } from 'vitest';
import { achievement, makeCatalogue } from '../testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from '../testing/makeEvent.js';
import { explain } from './explain.js';
import type { Explanation } from './explanation.js';

const DAY_MS = 86_400_000;
type Parts = Parameters<typeof makeEvent>[0];

function explained(criteria: object, events: Parts[], options: { now?: number; eventId?: string } = {}): Explanation {
  const catalogue = makeCatalogue({ achievements: [achievement('it', { name: 'It', criteria })] });
  const history = events.map((parts, i) => makeEvent({ sequence: i + 1, ...parts }));
  const found = explain(catalogue, 'it', { history, now: SUNDAY, ...options });
  if (found === null) throw new Error('not published');
  return found;
}

const event = 'build.succeeded';
const of = (n: unknown): Parts => ({ properties: { n } });
const days = (...offsets: number[]): Parts[] => offsets.map((offset) => ({ at: SUNDAY + offset * DAY_MS }));

describe('what is needed', () => {
  const rows: [string, object, Parts[], string][] = [
    ['count', { type: 'count', event, threshold: 3 }, [{}], '2 more events of build.succeeded.'],
    [
      'a filtered count in a window',
      { type: 'count', event, where: 'properties.n > 1.0', threshold: 2, window: { calendar: 'month' } },
      [of(2)],
      '1 more event of build.succeeded with properties.n > 1.0 in one month.',
    ],
    [
      'sum',
      { type: 'sum', event, value: 'properties.n', threshold: 0.9 },
      [of(0.8)],
      '0.1 more in properties.n, added up over events of build.succeeded.',
    ],
    [
      'max',
      { type: 'max', event, value: 'properties.n', threshold: 9 },
      [of(3)],
      'An event of build.succeeded with properties.n of at least 9.',
    ],
    [
      'latest',
      { type: 'latest', event, value: 'properties.n', threshold: 9 },
      [of(3)],
      'A newest event of build.succeeded with properties.n of at least 9.',
    ],
    [
      'distinct',
      { type: 'distinct', event, value: 'properties.n', threshold: 3 },
      [of('a'), of('a')],
      '2 more values of properties.n that came not yet, in events of build.succeeded.',
    ],
    [
      'a streak that goes on',
      { type: 'streak', event, every: 'day', threshold: 5 },
      days(-9, -8, -7, -1, 0),
      '5 days in a row are needed; the current run is 2, the longest 3.',
    ],
    [
      'a streak that ended',
      { type: 'streak', event, every: 'day', threshold: 5, min: 2 },
      days(-9, -9, -8, -8),
      '5 days in a row with at least 2 events each are needed; the last run ended with 2, the longest 2.',
    ],
    ['a streak that never began', { type: 'streak', event, every: 'week', threshold: 5 }, [], '5 weeks in a row are needed.'],
    [
      'ratio',
      { type: 'ratio', event, success: 'properties.n', min: 4, threshold: 0.75 },
      [of(true), of(false)],
      '2 more events of build.succeeded before the ratio counts. So far 1 of 2 was a success: 0.5, and 0.75 is needed. 2 successes in a row would do (properties.n).',
    ],
    [
      'a ratio of nothing yet',
      { type: 'ratio', event, success: 'properties.n', min: 3, threshold: 0.9, window: { calendar: 'month' } },
      [],
      '3 more events of build.succeeded in one month before the ratio counts. 3 successes in a row would do (properties.n).',
    ],
    [
      'a ratio that counts',
      { type: 'ratio', event, success: 'properties.n', min: 3, threshold: 0.75 },
      [of(true), of(true), of(false)],
      'One more success would do (properties.n).',
    ],
    [
      'a ratio that cannot be',
      { type: 'ratio', event, success: 'properties.n', min: 1, threshold: 1 },
      [of(false)],
      'All would have to be successes, and one was none.',
    ],
    ['xp', { type: 'xp', threshold: 5 }, [], '5 more XP.'],
    ['a grant', { type: 'manual' }, [], 'It is granted by hand.'],
    ['an event that grants', { type: 'manual', on: { event } }, [], 'An event of build.succeeded, or a grant by hand.'],
    ['nothing', { type: 'count', event, threshold: 1 }, [{}], ''],
  ];

  test.each(rows.map(([name, ...told]) => ({ name, told })))('$name', ({ told: [criteria, events, needs] }) => {
    expect(explained(criteria, events).needs).toBe(needs);
  });

  test.each([
    [
      'before it counts',
      [of(true), of(true)],
      '“It” asks for a ratio of 0.9. 1 more event of build.succeeded before the ratio counts. So far 2',
    ],
    ['once it counts', [of(true), of(true), of(false)], '“It” is at 0.6666 of 0.9: 2 of 3 were successes. 7 successes in a row would do'],
  ])('a ratio says where it stands %s', (_when, events, summary) => {
    const found = explained({ type: 'ratio', event, success: 'properties.n', min: 3, threshold: 0.9 }, events);
    expect(found.summary).toContain(summary);
    expect(found.summary).not.toContain('more to go');
  });

  const steps = ['plan', 'build', 'ship'].map((id) => ({ id, event: `${id}.done` }));
  const done = (...ids: string[]): Parts[] => ids.map((id, i) => ({ type: `${id}.done`, at: SUNDAY - DAY_MS + i }));

  const stepRows: [string, object, Parts[], string[], string][] = [
    ['a checklist', { type: 'checklist', steps }, done('ship'), ['plan', 'build'], 'Still to do: plan, build.'],
    [
      'a rolling checklist',
      { type: 'checklist', steps, window: { rolling: '2d' } },
      [{ type: 'plan.done', at: SUNDAY - 3 * DAY_MS }, ...done('ship')],
      ['plan', 'build'],
      'Still to do within 2d: plan, build.',
    ],
    [
      'a sequence',
      { type: 'sequence', steps, within: '7d' },
      done('plan', 'ship'),
      ['build', 'ship'],
      'Still to follow, in this order and within 7d of the first: build, ship.',
    ],
    [
      'a sequence that never began',
      { type: 'sequence', steps },
      done('ship'),
      ['plan', 'build', 'ship'],
      'Still to follow, in this order: plan, build, ship.',
    ],
  ];

  test.each(stepRows.map(([name, ...told]) => ({ name, told })))('the steps of $name', ({ told }) => {
    const [criteria, events, missingSteps, needs] = told;
    expect(explained(criteria, events)).toMatchObject({ missingSteps, needs, summary: expect.stringContaining(needs) as unknown });
  });
});

describe('a rolling window', () => {
  const criteria = { type: 'count', event, threshold: 3, window: { rolling: '2d' } };

  test('shows what is in the current one, and when the others left it', () => {
    expect(explained(criteria, days(-4, -1, 0))).toMatchObject({
      status: 'progressing',
      value: 2,
      missing: 1,
      needs: '1 more event of build.succeeded within 2d.',
      counted: [{ eventId: 'e3' }, { eventId: 'e2' }],
      countedTotal: 2,
      notCounted: [{ eventId: 'e1', reason: 'outside_window', detail: 'It left the window at 2026-04-10T10:15:00Z.' }],
    });
  });

  test('says of one event that it left the window, as the list does', () => {
    expect(explained(criteria, days(-4, -1, 0), { eventId: 'e1' }).event).toMatchObject({
      counted: false,
      reason: 'outside_window',
      detail: 'It counted, and the value went from 0 to 1. It left the window at 2026-04-10T10:15:00Z.',
    });
    expect(explained(criteria, days(-4, -1, 0), { eventId: 'e2' }).event).toMatchObject({ counted: true, reason: null });
    const unlocked = explained(criteria, days(-20, -10, -9, -9.5), { now: SUNDAY + 90 * DAY_MS, eventId: 'e4' });
    expect(unlocked.event).toMatchObject({ counted: true, crossed: [{ eventId: 'e4' }] });
  });

  test('shows the one that unlocked, also where a late event filled it', () => {
    expect(explained(criteria, days(-20, -10, -9, -9.5), { now: SUNDAY + 90 * DAY_MS })).toMatchObject({
      status: 'unlocked',
      countedTotal: 3,
      counted: [{ eventId: 'e3' }, { eventId: 'e4' }, { eventId: 'e2' }],
      notCounted: [{ eventId: 'e1', reason: 'outside_window' }],
    });
  });

  test('says what came too late', () => {
    expect(explained(criteria, days(0, -10))).toMatchObject({
      notCounted: [
        {
          eventId: 'e2',
          reason: 'too_late',
          detail: 'It lies before 2026-04-03T10:15:00Z, and what is so far back was let go of when it came.',
        },
      ],
    });
  });
});
