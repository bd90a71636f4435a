import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { grant } from '../grant.js';
import { revoke } from '../revoke.js';
import { emptyState, type UserState } from '../state/userState.js';
import { achievement, makeCatalogue } from '../testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from '../testing/makeEvent.js';
import { type ExplainFrom, explain } from './explain.js';
import type { Explanation } from './explanation.js';
import type { RecordedUnlock } from './recordedUnlock.js';

type Json = Record<string, unknown>;

const count = (threshold: number, more: Json = {}): Json => ({ criteria: { type: 'count', event: 'build.succeeded', threshold }, ...more });
const published = (fields: Json, onto?: Catalogue, sequence = 0): Catalogue =>
  makeCatalogue({ achievements: [achievement('it', { name: 'It', ...fields })] }, { ...(onto === undefined ? {} : { onto }), sequence });
const events = (amount: number): EngineEvent[] => Array.from({ length: amount }, (_, i) => makeEvent({ sequence: i + 1, at: SUNDAY + i }));

function recorded(fields: Partial<RecordedUnlock>): RecordedUnlock {
  return {
    ...{ version: 1, level: null, period: null, value: 2, threshold: 2, unlockedAt: SUNDAY, causedBy: 'e2', sequence: 2 },
    ...{ backfilled: false, evidence: [], granted: null, revoked: null },
    ...fields,
  };
}

function why(catalogue: Catalogue, from: Partial<ExplainFrom>): Explanation {
  const explained = explain(catalogue, 'it', { history: [], now: SUNDAY, ...from });
  if (explained === null) throw new Error('not published');
  return explained;
}

function folded(catalogue: Catalogue, history: readonly EngineEvent[], state = emptyState()): UserState {
  for (const event of history) fold(catalogue, state, event);
  return state;
}

const byHand = { slug: 'it', level: null, period: null, at: SUNDAY, cause: 'entry', reason: 'x' };

describe('what was unlocked', () => {
  const first = published(count(2));
  const second = published(count(4), first, 3);

  test('by an older version is told as that version saw it, and the newest does not contradict it', () => {
    const history = events(6);
    const state = folded(second, history.slice(2), folded(first, history.slice(0, 2)));
    const explained = why(second, { history, state, unlocks: [recorded({ evidence: ['e1', 'e2'] })], eventId: 'e3' });
    expect(explained).toMatchObject({
      version: 2,
      status: 'unlocked',
      missing: 0,
      needs: '',
      countedTotal: 2,
      notCountedTotals: { already_unlocked: 4 },
      crossed: [{ version: 1, threshold: 2, value: 2, eventId: 'e2', evidence: ['e1', 'e2'] }],
      event: { eventId: 'e3', counted: false, reason: 'already_unlocked' },
    });
    expect(explained.summary).toBe(
      '“It” was unlocked by version 1 at 2026-04-12T10:15:00Z, when the value came to 2, and 2 was needed. ' +
        'Version 2 is in effect now and asks for 4; what was unlocked stays.',
    );
  });

  test('and later than the newest version would have, counts up to where it was', () => {
    const low = published(count(2), published(count(4)), 5);
    const unlock = recorded({ threshold: 4, value: 4, causedBy: 'e4', sequence: 4 });
    const state = folded(low, [], folded(published(count(4)), events(4)));
    expect(why(low, { history: events(5), state, unlocks: [unlock] })).toMatchObject({
      countedTotal: 4,
      notCountedTotals: { already_unlocked: 1 },
      crossed: [{ threshold: 4 }],
    });
  });

  test('by a recount was reached by the event that it names, before the publication', () => {
    const unlock = recorded({ version: 2, threshold: 4, value: 4, causedBy: 'e4', sequence: 9, backfilled: true });
    const state = folded(second, events(4));
    expect(why(second, { history: events(6), state, unlocks: [unlock] })).toMatchObject({
      countedTotal: 4,
      notCountedTotals: { already_unlocked: 2 },
      crossed: [{ backfilled: true, eventId: 'e4' }],
    });
  });

  test('by hand is told as that, with who and why, and nothing counted behind it', () => {
    const state = folded(first, events(1));
    grant(first, state, byHand);
    const unlocks = [recorded({ causedBy: 'entry', value: 1, sequence: 1, granted: { actor: 'ops', reason: 'She helped.' } })];
    expect(why(first, { history: events(3), state, unlocks })).toMatchObject({
      status: 'unlocked',
      countedTotal: 1,
      notCountedTotals: { already_unlocked: 2 },
      crossed: [{ eventId: null, granted: { actor: 'ops' } }],
      summary: '“It” was granted by hand at 2026-04-12T10:15:00Z by ops (She helped.).',
    });
  });

  test('and revoked does not come back by itself', () => {
    const state = folded(first, events(2));
    revoke(first, state, byHand);
    const revoked = { at: SUNDAY + 60_000, actor: null, reason: 'A mistake.' };
    expect(why(second, { history: events(4), state, unlocks: [recorded({ revoked })] })).toMatchObject({
      ...{ status: 'progressing', value: 2, threshold: 2, missing: 0, needs: '' },
      blockedBy: 'revoked',
    });
    const explained = why(first, { history: events(4), state, unlocks: [recorded({ revoked })] });
    expect(explained).toMatchObject({ blockedBy: 'revoked', crossed: [{ revoked }], notCountedTotals: { already_unlocked: 2 } });
    expect(explained.status).not.toBe('unlocked');
    expect(explained.summary).toBe(
      '“It” was unlocked at 2026-04-12T10:15:00Z, when the value came to 2, and 2 was needed. ' +
        'It was revoked at 2026-04-12T10:16:00Z (A mistake.), and does not unlock by itself again; a grant restores it.',
    );
  });

  test('of levels names the highest, and each with its own version', () => {
    const levels = [
      { name: 'bronze', threshold: 1 },
      { name: 'gold', threshold: 3 },
    ];
    const levelled = published({ levels, criteria: { type: 'count', event: 'build.succeeded' } });
    expect(why(levelled, { history: events(2) })).toMatchObject({
      level: 'bronze',
      missing: 1,
      crossed: [{ level: 'bronze', version: 1, eventId: 'e1' }],
      summary: '“It” is at 2 of 3 for gold: 1 more to go.',
    });
    expect(why(levelled, { history: events(5) })).toMatchObject({
      countedTotal: 3,
      notCountedTotals: { already_unlocked: 2 },
      summary: expect.stringContaining('“It” gold was unlocked at') as unknown,
    });
  });
});

describe('what became of one event', () => {
  const monthly = { type: 'count', event: 'build.succeeded', threshold: 2, window: { calendar: 'month' } };
  const march = makeEvent({ sequence: 1, at: SUNDAY - 30 * 86_400_000 });
  const april = makeEvent({ sequence: 2 });

  test('is told with what it brought', () => {
    const sum = published({ criteria: { type: 'sum', event: 'build.succeeded', value: 'properties.n', threshold: 5 } });
    const history = [2, 4].map((n, i) => makeEvent({ sequence: i + 1, properties: { n } }));
    const outcomes = history.map(({ eventId }) => why(sum, { history, eventId }).event);
    expect(outcomes).toMatchObject([
      {
        counted: true,
        contribution: 2,
        value: { before: 0, after: 2 },
        crossed: [],
        detail: 'It counted as 2, and the value went from 0 to 2.',
      },
      { counted: true, crossed: [{ threshold: 5 }], detail: 'It counted as 4, and the value went from 2 to 6. It unlocked “It”.' },
    ]);
    const max = published({ criteria: { type: 'max', event: 'build.succeeded', value: 'properties.n', threshold: 9 } });
    expect(why(max, { history: history.toReversed(), eventId: 'e1' }).event?.detail).toBe('It counted as 2, and the value stayed 4.');
  });

  test('is that it counted in another period than the one that is looked at', () => {
    const history = [march, april];
    expect(why(published({ criteria: monthly }), { history, eventId: 'e1' }).event).toMatchObject({
      counted: false,
      reason: 'outside_window',
      period: '2026-03',
      detail: 'It counted in 2026-03, and the value went from 0 to 1. The period that is looked at now is 2026-04.',
    });
    const each = published({ criteria: monthly, repeat: 'each_period' });
    expect(why(each, { history, eventId: 'e1' }).event).toMatchObject({ counted: true, period: '2026-03' });
  });

  test('is that the plan was too low at that time', () => {
    const gated = published(count(1, { tier_required: 'pro' }));
    const history = [april, makeEvent({ sequence: 3, type: 'subscription.created', properties: { tier: 'pro' } })];
    expect(why(gated, { history, eventId: 'e2' }).event).toMatchObject({
      counted: true,
      blockedBy: 'below_tier',
      detail: 'It counted, and the value went from 0 to 1. It could unlock nothing: the plan was below pro.',
    });
    expect(why(gated, { history, eventId: 'e3' }).event).toMatchObject({ counted: false, reason: 'other_type', crossed: [] });
  });

  test('is not told of an event that the history does not hold', () => {
    expect(why(published(count(1)), { history: [april], eventId: 'e9' }).event).toBeNull();
  });
});

describe('a history without its beginning', () => {
  const sensitive = published(count(5, { sensitive: true, category: 'health' }));
  const optedIn = makeEvent({ sequence: 0, type: 'privacy.opted_in', properties: { category: 'health' } });
  const optedOut = makeEvent({ sequence: 9, type: 'privacy.opted_out' });

  test('gives no values, and takes for before what the user chose last', () => {
    const state = folded(sensitive, [optedIn, ...events(4)]);
    const explained = why(sensitive, { history: events(4).slice(2), isPartial: true, state, unlocks: [], eventId: 'e3' });
    expect(explained).toMatchObject({
      value: 4,
      missing: 1,
      countedTotal: 2,
      notCountedTotals: {},
      assumed: [],
      event: { counted: true, value: null, detail: 'It counted.' },
    });
  });

  test('takes nothing for granted where a choice was made later', () => {
    const state = folded(sensitive, [optedIn, ...events(4), optedOut]);
    const history = [...events(4).slice(2), optedOut];
    expect(why(sensitive, { history, isPartial: true, state, unlocks: [] })).toMatchObject({
      value: 4,
      notCountedTotals: { not_opted_in: 2 },
      assumed: ['consent'],
    });
  });

  test('says what is not known of the time before it', () => {
    const moved = makeEvent({ sequence: 3, type: 'profile.updated', properties: { timezone: 'Europe/Berlin' } });
    const paid = makeEvent({ sequence: 4, type: 'subscription.created', properties: { tier: 'pro' } });
    const history = [...events(2), moved, paid];
    const state = folded(sensitive, history);
    expect(why(sensitive, { history, isPartial: true, state, unlocks: [] }).assumed).toEqual(['zone', 'plan']);
    expect(why(sensitive, { history, state, unlocks: [] }).assumed).toEqual([]);
  });

  test('is not said to hold nothing', () => {
    const explained = why(published(count(5)), { isPartial: true, state: emptyState(), unlocks: [] });
    expect(explained.summary).toBe('“It” is at 0 of 5: 5 more to go.');
  });
});
