import { describe, expect, test } from 'vitest';
import { fold } from '../fold.js';
import { grant } from '../grant.js';
import { emptyState } from '../state/userState.js';
import { achievement, makeCatalogue } from '../testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from '../testing/makeEvent.js';
import { explain } from './explain.js';
import { EVENTS_LISTED_MAX, type Explanation } from './explanation.js';

const DAY_MS = 86_400_000;
type Fields = Parameters<typeof achievement>[1];
type Parts = Parameters<typeof makeEvent>[0];

function explained(fields: Fields, events: Parts[], options: { now?: number; sequence?: number } = {}): Explanation {
  const catalogue = makeCatalogue({ achievements: [achievement('it', { name: 'It', ...fields })] }, { sequence: options.sequence ?? 0 });
  const history = events.map((parts, i) => makeEvent({ sequence: i + 1, ...parts }));
  const found = explain(catalogue, 'it', { history, now: options.now ?? SUNDAY });
  if (found === null) throw new Error('not published');
  return found;
}

const count = (threshold: number, fields: Fields = {}) => ({ criteria: { type: 'count', event: 'build.succeeded', threshold, ...fields } });

describe('an explanation', () => {
  test('says what counted, when it was reached and that nothing is missing', () => {
    const why = explained(count(2), [{ at: SUNDAY }, { at: SUNDAY + 1 }, { at: SUNDAY + 2 }]);
    expect(why).toMatchObject({
      status: 'unlocked',
      value: 2,
      threshold: 2,
      missing: 0,
      version: 1,
      countedTotal: 2,
      counted: [{ eventId: 'e2' }, { eventId: 'e1' }],
      crossed: [{ threshold: 2, value: 2, eventId: 'e2', at: SUNDAY + 1 }],
      notCountedTotals: { already_unlocked: 1 },
    });
    expect(why.summary).toBe('“It” was unlocked at 2026-04-12T10:15:00.001Z, when the value came to 2, and 2 was needed.');
  });

  test('says how much is missing and what kept events from counting, with the value that did it', () => {
    const why = explained(count(3, { where: 'properties.severity == "sev2"' }), [
      { properties: { severity: 'sev2' } },
      { properties: { severity: 'sev3' } },
      { properties: { severity: 'sev1' } },
      {},
      { type: 'build.failed' },
    ]);
    expect(why).toMatchObject({
      status: 'progressing',
      value: 1,
      missing: 2,
      countedTotal: 1,
      notCountedTotals: { where_false: 2, evaluation_failed: 1, other_type: 1 },
    });
    expect(why.notCounted.map(({ eventId, reason, detail }) => [eventId, reason, detail])).toEqual([
      [
        'e4',
        'evaluation_failed',
        'The filter properties.severity == "sev2" could not be evaluated: properties.severity is absent (No such key: severity).',
      ],
      ['e3', 'where_false', 'The filter properties.severity == "sev2" is false: properties.severity is "sev1", not "sev2".'],
      ['e2', 'where_false', 'The filter properties.severity == "sev2" is false: properties.severity is "sev3", not "sev2".'],
    ]);
    expect(why.summary).toBe('“It” is at 1 of 3: 2 more to go. 2 events did not pass the filter.');
  });

  test('says that nothing was seen', () => {
    expect(explained(count(3), [{ type: 'build.failed' }])).toMatchObject({
      status: 'locked',
      counted: [],
      summary: '“It” is at 0 of 3: 3 more to go. No event of build.succeeded was seen.',
    });
  });

  test('says what lies outside the window that is shown', () => {
    const monthly = { ...count(3, { window: { calendar: 'month' } }) };
    const why = explained(monthly, [{ at: SUNDAY - 40 * DAY_MS }, { at: SUNDAY - 41 * DAY_MS }, { at: SUNDAY }]);
    expect(why).toMatchObject({
      period: '2026-04',
      value: 1,
      counted: [{ eventId: 'e3' }],
      notCountedTotals: { outside_window: 2 },
      notCounted: [{ reason: 'outside_window' }, { reason: 'outside_window' }],
    });
    const before = explained(
      monthly,
      [1, 2, 3].map(() => ({ at: SUNDAY - 40 * DAY_MS })),
    );
    expect(before).toMatchObject({ status: 'unlocked', countedTotal: 3, notCountedTotals: {} });
  });

  test('says that the plan holds it back', () => {
    const why = explained({ ...count(1), tier_required: 'pro' }, [{}, { type: 'subscription.created', properties: { tier: 'basic' } }]);
    expect(why).toMatchObject({
      status: 'progressing',
      value: 1,
      missing: 0,
      blockedBy: 'below_tier',
      countedTotal: 1,
      summary: '“It” is at 1 of 1: nothing is missing. It waits for the plan pro.',
    });
    const raised = explained({ ...count(1), tier_required: 'pro' }, [{}, { type: 'subscription.created', properties: { tier: 'pro' } }]);
    expect(raised).toMatchObject({ status: 'unlocked', crossed: [{ eventId: 'e2' }] });
  });

  test('says what came while the user was out, or never in', () => {
    const out = { type: 'privacy.opted_out' };
    expect(explained(count(2), [{}, out, {}])).toMatchObject({
      value: 1,
      blockedBy: 'opted_out',
      notCountedTotals: { opted_out: 1, other_type: 1 },
    });
    expect(explained({ ...count(2), sensitive: true }, [{}])).toMatchObject({
      value: 0,
      blockedBy: 'not_opted_in',
      notCounted: [{ reason: 'not_opted_in' }],
    });
  });

  test('says what came before a version that starts anew', () => {
    const why = explained({ ...count(2), on_publish: 'restart' }, [{ sequence: 5 }, { sequence: 15 }], { sequence: 10 });
    expect(why).toMatchObject({
      value: 1,
      countedTotal: 1,
      notCounted: [{ eventId: 'e5', reason: 'version_not_in_effect' }],
      versionSequence: 10,
    });
    expect(explained({ ...count(2), on_publish: 'recount' }, [{ sequence: 5 }, { sequence: 15 }], { sequence: 10 })).toMatchObject({
      status: 'unlocked',
    });
  });

  test('tells values, steps and days apart that came again', () => {
    const distinct = explained(
      { criteria: { type: 'distinct', event: 'build.succeeded', value: 'properties.n', threshold: 5 } },
      [1, 2, 1].map((n) => ({ properties: { n } })),
    );
    expect(distinct).toMatchObject({
      value: 2,
      counted: [{ contribution: 2 }, { contribution: 1 }],
      notCounted: [{ eventId: 'e3', reason: 'adds_nothing', detail: '1 was counted before.' }],
    });
    const steps = [
      { id: 'a', event: 'build.succeeded' },
      { id: 'b', event: 'build.*' },
    ];
    expect(explained({ criteria: { type: 'checklist', steps } }, [{ type: 'build.failed' }, { type: 'build.failed' }])).toMatchObject({
      counted: [{ contribution: 'b' }],
      notCountedTotals: { adds_nothing: 1 },
    });
    const streak = explained({ criteria: { type: 'streak', event: 'build.succeeded', every: 'day', threshold: 3, skip: ['sun'] } }, [
      { at: SUNDAY },
      { at: SUNDAY + DAY_MS },
    ]);
    expect(streak).toMatchObject({
      value: 1,
      counted: [{ contribution: '2026-04-13' }],
      notCounted: [{ eventId: 'e1', reason: 'skipped_day' }],
    });
  });

  test('lists the newest events and counts all of them', () => {
    const why = explained(
      count(1_000),
      Array.from({ length: 150 }, () => ({})),
    );
    expect(why.counted).toHaveLength(EVENTS_LISTED_MAX);
    expect(why.countedTotal).toBe(150);
    expect([why.counted[0]?.eventId, why.counted.at(-1)?.eventId]).toEqual(['e150', 'e51']);
  });

  test('names the achievements that are still to unlock, and the XP', () => {
    const catalogue = makeCatalogue({
      achievements: [
        achievement('a', count(1)),
        achievement('b', count(9)),
        achievement('both', { criteria: { type: 'achievements', slugs: ['a', 'b'] } }),
        achievement('rich', { criteria: { type: 'xp', threshold: 5 } }),
      ],
    });
    const of = (slug: string) => explain(catalogue, slug, { history: [makeEvent()], now: SUNDAY });
    expect(of('both')).toMatchObject({
      value: 1,
      missing: 1,
      missingSlugs: ['b'],
      summary: '“both” is at 1 of 2: 1 more to go. Still to unlock: b.',
    });
    expect(of('rich')).toMatchObject({ value: 0, missing: 5 });
    expect(of('nothing')).toBeNull();
  });

  test('takes what the user really has from the state', () => {
    const catalogue = makeCatalogue({ achievements: [achievement('it', { name: 'It', ...count(5) })] });
    const state = emptyState();
    fold(catalogue, state, makeEvent());
    grant(catalogue, state, { slug: 'it', level: null, period: null, at: SUNDAY, cause: 'admin', reason: 'x' });
    expect(explain(catalogue, 'it', { history: [makeEvent()], now: SUNDAY, state })).toMatchObject({
      status: 'unlocked',
      crossed: [],
      summary: '“It” is unlocked, and not by events: it was granted by hand, or by an earlier version.',
    });
  });

  test('follows the zone of the user at each event', () => {
    const zoned = explained(
      { ...count(2, { window: { calendar: 'day' } }), repeat: 'each_period' },
      [{ type: 'profile.updated', properties: { timezone: 'Pacific/Kiritimati' } }, { at: SUNDAY }, { at: SUNDAY }],
      { now: SUNDAY },
    );
    expect(zoned).toMatchObject({ period: '2026-04-13', status: 'unlocked', crossed: [{ period: '2026-04-13' }] });
  });
});
