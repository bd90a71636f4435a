import { describe, expect, test } from 'vitest';
import type { Catalogue } from './catalogue/catalogue.js';
import { progressOf } from './explain/progress.js';
import { fold } from './fold.js';
import { grant } from './grant.js';
import { heldKeys, xpOf } from './heldKeys.js';
import { holdUnlocks } from './holdUnlocks.js';
import { recheck } from './recheck.js';
import { revoke } from './revoke.js';
import { decodeState, encodeState } from './state/encodeState.js';
import { emptyState } from './state/userState.js';
import { achievement, makeCatalogue } from './testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from './testing/makeEvent.js';

const count = (threshold: number, fields: Record<string, unknown> = {}) => ({
  type: 'count',
  event: 'build.succeeded',
  threshold,
  ...fields,
});
const levels = [
  { name: 'bronze', threshold: 1, xp_reward: 5 },
  { name: 'silver', threshold: 5, xp_reward: 10 },
];
const catalogue = makeCatalogue({
  achievements: [
    achievement('adopter', { xp_reward: 500, criteria: { type: 'manual' }, message: 'Thanks for {name}, {user}.' }),
    achievement('levelled', { criteria: { type: 'count', event: 'build.succeeded' }, levels }),
    achievement('monthly', { xp_reward: 1, criteria: count(2, { window: { calendar: 'month' } }), repeat: 'each_period' }),
    achievement('multiple', { xp_reward: 1, criteria: count(2), repeat: 'every_threshold' }),
    achievement('rich', { xp_reward: 7, criteria: { type: 'xp', threshold: 500 } }),
    achievement('gated', { xp_reward: 3, tier_required: 'pro', criteria: count(1) }),
  ],
});
const by = (slug: string, fields: { level?: string; period?: string; cause?: string } = {}) => ({
  slug,
  level: fields.level ?? null,
  period: fields.period ?? null,
  at: SUNDAY,
  cause: fields.cause ?? 'admin-1',
  reason: 'because',
});

describe('a grant', () => {
  test('unlocks, pays and cascades, with the grant as its only evidence', () => {
    const state = emptyState();
    const { unlocks, xp } = grant(catalogue, state, by('adopter'));
    expect(unlocks).toMatchObject([
      {
        definition: { slug: 'adopter' },
        value: 1,
        threshold: 1,
        xpTotal: 500,
        causedBy: 'admin-1',
        evidenceFrom: 'cause',
        message: 'Thanks for adopter, {user}.',
        backfilled: false,
        restored: false,
      },
      { definition: { slug: 'rich' }, value: 500, xpTotal: 507, evidenceFrom: 'cause' },
    ]);
    expect(xp.map(({ entryKey }) => entryKey)).toEqual(['unlock:adopter::', 'unlock:rich::']);
    expect(progressOf(catalogue, state, { slug: 'adopter', now: SUNDAY })).toMatchObject({ status: 'unlocked', value: 1 });
  });

  test('of what is held, unknown or impossible does nothing', () => {
    const state = emptyState();
    grant(catalogue, state, by('adopter'));
    const before = encodeState(state);
    for (const nothing of [
      by('adopter'),
      by('unknown'),
      by('adopter', { level: 'gold' }),
      by('adopter', { period: '2026' }),
      by('monthly', { period: '2026-W01' }),
      by('monthly', { period: 'soon' }),
    ])
      expect(grant(catalogue, state, nothing).unlocks).toEqual([]);
    expect(encodeState(state)).toEqual(before);
  });

  test('finds the next level, the current period and the next multiple where none is named', () => {
    const state = emptyState();
    const keys = ['levelled', 'levelled', 'levelled', 'monthly', 'multiple', 'multiple'].flatMap((slug) =>
      grant(catalogue, state, by(slug)).unlocks.map(({ level, period }) => level ?? period),
    );
    expect(keys).toEqual(['bronze', 'silver', '2026-04', '#1', '#2']);
    expect(grant(catalogue, state, by('monthly', { period: '2025-12' })).unlocks).toMatchObject([
      { period: '2025-12', periodStart: Date.UTC(2025, 11, 1), periodEnd: Date.UTC(2026, 0, 1) },
    ]);
  });

  test('does not ask for the plan, and events do not unlock it again', () => {
    const state = emptyState();
    expect(grant(catalogue, state, by('gated')).unlocks).toHaveLength(1);
    expect(grant(catalogue, state, by('multiple', { period: '#1' })).unlocks).toHaveLength(1);
    const unlocked = [1, 2, 3, 4].flatMap((sequence) =>
      fold(catalogue, state, makeEvent({ sequence })).unlocks.map(({ definition, period }) => `${definition.slug} ${period ?? ''}`),
    );
    expect(unlocked).toEqual(['levelled ', 'monthly 2026-04', 'multiple #2']);
  });
});

describe('a revocation', () => {
  test('takes the XP back by an entry of its own, and what was revoked stays so', () => {
    const state = emptyState();
    fold(catalogue, state, makeEvent());
    expect(xpOf(state)).toBe(5);
    const { revocations, xp } = revoke(catalogue, state, by('levelled', { level: 'bronze' }));
    expect(revocations).toMatchObject([
      { slug: 'levelled', level: 'bronze', xpReward: 5, xpTotal: 0, causedBy: 'admin-1', reason: 'because', value: 1, threshold: 1 },
    ]);
    expect(xp).toMatchObject([
      { entryKey: 'revocation:levelled:bronze:', amount: -5, totalAfter: 0, reason: 'revocation', level: 'bronze' },
    ]);
    const restored = decodeState(encodeState(state));
    for (const sequence of [2, 3, 4, 5, 6])
      expect(fold(catalogue, restored, makeEvent({ sequence })).unlocks.filter(({ level }) => level === 'bronze')).toEqual([]);
    expect([...heldKeys(restored)].map(({ slug, level }) => `${slug} ${level ?? ''}`)).not.toContain('levelled bronze');
  });

  test('of what is not held does nothing', () => {
    const state = emptyState();
    for (const nothing of [by('levelled', { level: 'bronze' }), by('unknown'), by('monthly', { period: 'soon' })])
      expect(revoke(catalogue, state, nothing)).toMatchObject({ revocations: [], xp: [] });
    fold(catalogue, state, makeEvent());
    expect(revoke(catalogue, state, by('levelled', { level: 'bronze' })).revocations).toHaveLength(1);
    expect(revoke(catalogue, state, by('levelled', { level: 'bronze' })).revocations).toEqual([]);
  });

  // proves: ledger-adds-up
  test('is undone by a grant, and each turn has its own entry in the ledger', () => {
    const state = emptyState();
    const keys: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const granted = grant(catalogue, state, by('gated'));
      expect(granted.unlocks).toMatchObject([{ restored: turn > 0 }]);
      keys.push(...granted.xp.map(({ entryKey }) => entryKey), ...revoke(catalogue, state, by('gated')).xp.map(({ entryKey }) => entryKey));
    }
    expect(new Set(keys).size).toBe(6);
    expect(xpOf(state)).toBe(0);
  });

  test('of a reward below nothing lets XP rise, and what that reaches unlocks', () => {
    const costly = makeCatalogue({
      achievements: [
        achievement('fine', { xp_reward: -10, criteria: count(1) }),
        achievement('earned', { xp_reward: 10, criteria: count(1) }),
        achievement('ten', { criteria: { type: 'xp', threshold: 10 } }),
      ],
    });
    const state = emptyState();
    expect(fold(costly, state, makeEvent()).unlocks.map(({ definition }) => definition.slug)).toEqual(['earned', 'fine']);
    expect(revoke(costly, state, by('fine')).unlocks.map(({ definition }) => definition.slug)).toEqual(['ten']);
  });
});

describe('a repair', () => {
  test('makes a state hold what exists, once and with the XP that was paid', () => {
    const state = emptyState();
    holdUnlocks(
      state,
      [
        { slug: 'levelled', level: 'bronze', period: null, revoked: false },
        { slug: 'monthly', level: null, period: '2026-04', revoked: false },
      ],
      6,
    );
    const effects = [1, 2].flatMap((sequence) =>
      fold(catalogue, state, makeEvent({ sequence })).unlocks.map(({ definition }) => definition.slug),
    );
    expect(effects).toEqual(['multiple']);
    expect(xpOf(state)).toBe(7);
    expect(revoke(catalogue, state, by('levelled', { level: 'bronze' }))).toMatchObject({ revocations: [{ xpReward: 5 }] });
  });

  test('leaves what was revoked revoked: it does not count as held, and a grant restores it', () => {
    const state = emptyState();
    holdUnlocks(state, [{ slug: 'levelled', level: 'bronze', period: null, revoked: true }], 0);
    expect(revoke(catalogue, state, by('levelled', { level: 'bronze' })).revocations).toEqual([]);
    expect(grant(catalogue, state, by('levelled', { level: 'bronze' })).unlocks).toMatchObject([{ restored: true }]);
  });
});

describe('publishing again', () => {
  const publish = (fields: Record<string, unknown>, onto?: Catalogue) =>
    makeCatalogue({ achievements: [achievement('it', { xp_reward: 10, ...fields })] }, onto === undefined ? {} : { onto, sequence: 100 });
  const events = (...sequences: number[]) => sequences.map((sequence) => makeEvent({ sequence }));

  test('with continue goes on with what was counted, and a check unlocks what is met', () => {
    const first = publish({ criteria: count(5) });
    const state = emptyState();
    for (const event of events(1, 2, 3)) fold(first, state, event);
    const second = publish({ criteria: count(3), on_publish: 'continue' }, first);
    expect(progressOf(second, state, { slug: 'it', now: SUNDAY })).toMatchObject({ value: 3, threshold: 3 });
    expect(recheck(second, state, { at: SUNDAY, cause: 'publish' }).unlocks).toMatchObject([
      { definition: { version: 2 }, value: 3, causedBy: 'publish' },
    ]);
  });

  test('with continue begins anew where something else is counted', () => {
    const first = publish({ criteria: count(5) });
    const state = emptyState();
    for (const event of events(1, 2, 3)) fold(first, state, event);
    const second = publish({ criteria: count(3, { window: { calendar: 'week' } }), on_publish: 'continue' }, first);
    expect(recheck(second, state, { at: SUNDAY, cause: 'publish' }).unlocks).toEqual([]);
    expect(progressOf(second, state, { slug: 'it', now: SUNDAY })).toMatchObject({ value: 0 });
  });

  test('with continue lets a set of values grow to a higher threshold', () => {
    const distinct = (threshold: number) => ({ type: 'distinct', event: 'build.succeeded', value: 'properties.n', threshold });
    const first = publish({ criteria: distinct(5), tier_required: 'pro' });
    const state = emptyState();
    for (let n = 0; n < 1_000; n++) fold(first, state, makeEvent({ properties: { n }, sequence: n + 1 }));
    const second = publish({ criteria: distinct(1_200), on_publish: 'continue' }, first);
    const unlocks = Array.from(
      { length: 400 },
      (_, i) => fold(second, state, makeEvent({ properties: { n: 1_000 + i }, sequence: 2_000 + i })).unlocks.length,
    );
    expect(unlocks.indexOf(1)).toBe(199);
  });

  test('with restart starts from nothing, and keeps what was unlocked', () => {
    const first = publish({ criteria: count(2) });
    const state = emptyState();
    for (const event of events(1, 2)) fold(first, state, event);
    const second = publish(
      { criteria: { type: 'count', event: 'build.succeeded' }, levels, xp_reward: undefined, on_publish: 'restart' },
      first,
    );
    const unlocks = events(101, 102, 103, 104, 105).flatMap((event) =>
      fold(second, state, event).unlocks.map(({ level, value }) => [level, value]),
    );
    expect(unlocks).toEqual([
      ['bronze', 1],
      ['silver', 5],
    ]);
    expect([...heldKeys(state)]).toContainEqual({ slug: 'it', level: null, period: null });
  });
});
