import { describe, expect, test } from 'vitest';
import { specification } from './specification.js';
import { achievement, makePack } from './testing/makeCatalogue.js';

const done = (at: string, properties: Record<string, unknown> = {}) => ({ type: 'build.done', at, properties });
const day = (date: string) => done(`${date}T12:00:00Z`);
const of = (criteria: Record<string, unknown>, fields: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
  specification(makePack({ achievements: [achievement('it', { xp_reward: 10, criteria, ...fields })], ...more }));

describe('levels', () => {
  const levels = [
    { name: 'bronze', threshold: 1, xp_reward: 5 },
    { name: 'silver', threshold: 2, xp_reward: 10 },
    { name: 'gold', threshold: 100, xp_reward: 50 },
  ];
  test('unlock one after the other over one counter, several at once where a value steps over them', () => {
    const counted = of({ type: 'count', event: 'build.done' }, { levels, xp_reward: undefined });
    expect(counted.given().when(day('2026-01-01'), day('2026-01-02'))).toMatchObject({ unlocks: ['it:bronze', 'it:silver'], xp: 15 });
    const summed = of({ type: 'sum', event: 'build.done', value: 'properties.n' }, { levels, xp_reward: undefined });
    expect(summed.given().when(done('2026-01-01T00:00:00Z', { n: 150 }))).toMatchObject({
      unlocks: ['it:bronze', 'it:silver', 'it:gold'],
      xp: 65,
    });
    expect(summed.given().when(done('2026-01-01T00:00:00Z', { n: 3 })).progress).toMatchObject([
      { status: 'progressing', value: 3, threshold: 100, level: 'silver' },
    ]);
  });
});

describe('windows and repetition', () => {
  test('a windowed achievement that unlocks once does so in any window, also a late one', () => {
    const month = of({ type: 'count', event: 'build.done', threshold: 2, window: { calendar: 'month' } });
    expect(month.given(day('2026-01-31')).when(day('2026-02-01'))).toMatchObject({
      unlocks: [],
      progress: [{ value: 1, period: '2026-02' }],
    });
    expect(month.given(day('2026-01-31'), day('2026-02-01')).when(day('2026-01-02')).unlocks).toEqual(['it']);
    expect(month.given(day('2026-01-31'), day('2026-01-30'), day('2026-02-01')).when(day('2026-02-02')).unlocks).toEqual([]);
  });

  test.each([
    ['day', '2026-04-12'],
    ['week', '2026-W15'],
    ['month', '2026-04'],
    ['quarter', '2026-Q2'],
    ['year', '2026'],
  ])('each %s is named as in %s', (calendar, period) => {
    const each = of({ type: 'count', event: 'build.done', threshold: 1, window: { calendar } }, { repeat: 'each_period' });
    expect(each.given().when(day('2026-04-12'), day('2026-04-12')).unlocks).toEqual([`it@${period}`]);
  });

  test('a period keeps counting after it unlocked, and unlocks no more', () => {
    const each = of({ type: 'count', event: 'build.done', threshold: 2, window: { calendar: 'week' } }, { repeat: 'each_period' });
    expect(each.given(day('2026-01-05'), day('2026-01-06')).when(day('2026-01-07'), day('2026-01-08'))).toMatchObject({
      unlocks: [],
      progress: [{ status: 'unlocked', value: 4, threshold: 2, period: '2026-W02' }],
    });
    expect(each.given(day('2026-01-05'), day('2026-01-06'), day('2026-01-12')).when(day('2026-01-07'))).toMatchObject({
      unlocks: [],
      xp: 10,
    });
  });

  test('every threshold unlocks at each multiple', () => {
    const every = of({ type: 'sum', event: 'build.done', value: 'properties.n', threshold: 10 }, { repeat: 'every_threshold' });
    expect(every.given(done('2026-01-01T00:00:00Z', { n: 9 })).when(done('2026-01-01T00:00:00Z', { n: 21 }))).toMatchObject({
      unlocks: ['it@#1', 'it@#2', 'it@#3'],
      xp: 30,
      progress: [{ status: 'progressing', value: 30, threshold: 40, period: '#3' }],
    });
  });

  test('a value that falls unlocked where it once was', () => {
    const latest = of({ type: 'latest', event: 'build.done', value: 'properties.n', threshold: 5 });
    expect(latest.given(done('2026-01-01T00:00:00Z', { n: 5 })).when(done('2026-01-02T00:00:00Z', { n: 1 })).progress).toMatchObject([
      { status: 'unlocked', value: 5 },
    ]);
    // It came later, but happened before: it never was the latest.
    expect(latest.given(done('2026-01-02T00:00:00Z', { n: 1 })).when(done('2026-01-01T00:00:00Z', { n: 9 })).unlocks).toEqual([]);
  });
});

describe('streaks', () => {
  const streak = (fields: Record<string, unknown>) => of({ type: 'streak', event: 'build.done', threshold: 3, every: 'day', ...fields });
  const holding = (...dates: string[]) => dates.map(day);

  test('are joined by the day that comes late', () => {
    expect(
      streak({})
        .given(...holding('2026-01-01', '2026-01-03'))
        .when(day('2026-01-02')).unlocks,
    ).toEqual(['it']);
  });
  test('bridge missed days by grace, which do not count', () => {
    expect(
      streak({})
        .given(...holding('2026-01-01', '2026-01-02'))
        .when(day('2026-01-04')).unlocks,
    ).toEqual([]);
    expect(
      streak({ grace: 1 })
        .given(...holding('2026-01-01', '2026-01-02'))
        .when(day('2026-01-04')),
    ).toMatchObject({ unlocks: ['it'], progress: [{ value: 3 }] });
    expect(
      streak({ grace: 1 })
        .given(...holding('2026-01-01', '2026-01-02'))
        .when(day('2026-01-05')).unlocks,
    ).toEqual([]);
  });
  test('leave weekends out where told to', () => {
    const workdays = streak({ skip: ['sat', 'sun'] });
    expect(workdays.given(...holding('2026-01-08', '2026-01-09')).when(day('2026-01-12')).unlocks).toEqual(['it']);
    expect(workdays.given(...holding('2026-01-08', '2026-01-09')).when(day('2026-01-10')).progress).toMatchObject([{ value: 2 }]);
  });
  test('ask for as many matches a day as they say', () => {
    const twice = streak({ min: 2, threshold: 2 });
    expect(twice.given(...holding('2026-01-01', '2026-01-01', '2026-01-02')).when(day('2026-01-02')).unlocks).toEqual(['it']);
    expect(twice.given(...holding('2026-01-01', '2026-01-01')).when(day('2026-01-02')).progress).toMatchObject([{ value: 1 }]);
  });
  test('run over the leap day, a new year of 53 weeks and months', () => {
    expect(
      streak({})
        .given(...holding('2028-02-28', '2028-02-29'))
        .when(day('2028-03-01')).unlocks,
    ).toEqual(['it']);
    expect(
      streak({})
        .given(...holding('2026-02-27', '2026-02-28'))
        .when(day('2026-03-01')).unlocks,
    ).toEqual(['it']);
    expect(
      streak({ every: 'week' })
        .given(...holding('2026-12-21', '2026-12-31'))
        .when(day('2027-01-05')).unlocks,
    ).toEqual(['it']);
    expect(
      streak({ every: 'month' })
        .given(...holding('2026-11-30', '2026-12-01'))
        .when(day('2027-01-31')).unlocks,
    ).toEqual(['it']);
  });
});

describe('the zone of a user', () => {
  const each = of({ type: 'count', event: 'build.done', threshold: 1, window: { calendar: 'day' } }, { repeat: 'each_period' });
  const zone = (timezone: unknown) => ({ type: 'profile.updated', at: '2026-01-01T00:00:00Z', properties: { timezone } });

  test('says which day it is, from the profile on', () => {
    const late = done('2026-01-01T10:30:00Z');
    expect(each.given().when(late).unlocks).toEqual(['it@2026-01-01']);
    expect(each.given(zone('Pacific/Kiritimati')).when(late).unlocks).toEqual(['it@2026-01-02']);
    expect(each.given(zone('Pacific/Pago_Pago')).when(late).unlocks).toEqual(['it@2025-12-31']);
    expect(each.given(late).when(zone('Pacific/Kiritimati'), late).unlocks).toEqual(['it@2026-01-02']);
  });
  test('stays where a profile names one that does not exist', () => {
    expect(each.given(zone('Asia/Tokyo')).when(zone('Mars/Base'), done('2026-01-01T20:00:00Z'))).toMatchObject({
      unlocks: ['it@2026-01-02'],
      evaluationFailures: 1,
    });
    expect(
      each.given(zone('Asia/Tokyo')).when({ type: 'profile.updated', properties: { name: 'x' } }, done('2026-01-01T20:00:00Z')),
    ).toMatchObject({ unlocks: ['it@2026-01-02'], evaluationFailures: 0 });
  });
  test('is the tenant’s where none was told', () => {
    const pack = makePack({
      achievements: [
        achievement('it', {
          criteria: { type: 'count', event: 'build.done', threshold: 1, window: { calendar: 'day' } },
          repeat: 'each_period',
        }),
      ],
    });
    expect(specification(pack, { timezone: 'Asia/Tokyo' }).given().when(done('2026-01-01T20:00:00Z')).unlocks).toEqual(['it@2026-01-02']);
  });
});

describe('the tier gate', () => {
  const pro = of({ type: 'count', event: 'build.done', threshold: 1 }, { tier_required: 'pro' });
  const tier = (type: string, properties: Record<string, unknown> = {}) => ({ type: `subscription.${type}`, properties });

  test('lets progress grow and unlocks what is met when the tier rises', () => {
    expect(pro.given().when(day('2026-01-01'), day('2026-01-02'))).toMatchObject({
      unlocks: [],
      progress: [{ value: 2, eligible: false, status: 'progressing' }],
    });
    expect(pro.given(day('2026-01-01')).when(tier('created', { tier: 'basic' })).unlocks).toEqual([]);
    expect(pro.given(day('2026-01-01')).when(tier('changed', { tier: 'enterprise' })).unlocks).toEqual(['it']);
  });
  test('closes again when the subscription ends, and takes nothing away', () => {
    expect(pro.given(tier('created', { tier: 'pro' }), tier('canceled')).when(day('2026-01-01')).unlocks).toEqual([]);
    expect(pro.given(tier('created', { tier: 'pro' }), day('2026-01-01')).when(tier('canceled'))).toMatchObject({
      xp: 10,
      progress: [{ status: 'unlocked', eligible: false }],
    });
  });
  test('is not moved by a tier that nobody knows', () => {
    expect(pro.given(day('2026-01-01')).when(tier('created', { tier: 'platinum' }))).toMatchObject({ unlocks: [], evaluationFailures: 1 });
  });
  test('follows the order of the tenant', () => {
    const pack = makePack({
      achievements: [achievement('it', { criteria: { type: 'count', event: 'build.done', threshold: 1 }, tier_required: 'gold' })],
    });
    const tenant = specification(pack, { tierOrder: ['tin', 'gold'] });
    expect(tenant.given(tier('created', { tier: 'gold' })).when(day('2026-01-01')).unlocks).toEqual(['it']);
    expect(tenant.given(tier('created', { tier: 'tin' })).when(day('2026-01-01')).unlocks).toEqual([]);
  });
  test('stays shut for a tier that the tenant no longer has', () => {
    const pack = makePack({
      achievements: [achievement('it', { criteria: { type: 'count', event: 'build.done', threshold: 1 }, tier_required: 'pro' })],
    });
    const renamed = specification(pack, { tierOrder: ['tin', 'gold'] });
    expect(renamed.given(tier('created', { tier: 'gold' })).when(day('2026-01-01')).unlocks).toEqual([]);
  });
  test('holds what is measured from XP too', () => {
    const xp = of({ type: 'xp', threshold: 5 }, { tier_required: 'pro' }, { xp_rules: [{ id: 'r', event: 'build.done', amount: 5 }] });
    expect(xp.given().when(day('2026-01-01')).unlocks).toEqual([]);
    expect(xp.given(day('2026-01-01')).when(tier('created', { tier: 'pro' })).unlocks).toEqual(['it']);
  });
});

describe('consent', () => {
  const privacy = (choice: 'out' | 'in', category?: string) => ({
    type: `privacy.opted_${choice}`,
    properties: category === undefined ? {} : { category },
  });
  const two = of({ type: 'count', event: 'build.done', threshold: 2 }, { category: 'health' });
  const sensitive = of({ type: 'count', event: 'build.done', threshold: 1 }, { category: 'health', sensitive: true });

  test('keeps events from counting while a user is out, and they do not count later', () => {
    for (const out of [privacy('out'), privacy('out', 'health')]) {
      expect(two.given(out, day('2026-01-01'), day('2026-01-02')).when(privacy('in'), day('2026-01-03'))).toMatchObject({
        unlocks: [],
        progress: [{ value: 1 }],
      });
      expect(two.given(day('2026-01-01')).when(out).progress).toMatchObject([{ value: 1, eligible: false }]);
    }
    expect(two.given(privacy('out', 'other')).when(day('2026-01-01'), day('2026-01-02')).unlocks).toEqual(['it']);
  });
  test('is asked for before anything sensitive counts', () => {
    expect(sensitive.given(day('2026-01-01')).when(privacy('in', 'other'), day('2026-01-02')).unlocks).toEqual([]);
    expect(sensitive.given(day('2026-01-01')).when(privacy('in', 'health')).unlocks).toEqual([]);
    expect(sensitive.given(privacy('in', 'health')).when(day('2026-01-02')).unlocks).toEqual(['it']);
    expect(sensitive.given(privacy('in')).when(day('2026-01-02')).unlocks).toEqual(['it']);
    expect(sensitive.given(privacy('in'), privacy('out', 'health')).when(day('2026-01-02')).unlocks).toEqual([]);
  });
  test('given again unlocks what was counted before and is met', () => {
    const tiered = of({ type: 'count', event: 'build.done', threshold: 1 }, { category: 'health', tier_required: 'pro' });
    const raised = { type: 'subscription.created', properties: { tier: 'pro' } };
    expect(tiered.given(day('2026-01-01'), privacy('out')).when(raised).unlocks).toEqual([]);
    expect(tiered.given(day('2026-01-01'), privacy('out'), raised).when(privacy('in')).unlocks).toEqual(['it']);
  });
  test('stops XP by rules when given up altogether', () => {
    const rules = { xp_rules: [{ id: 'r', event: 'build.done', amount: 5 }] };
    const ruled = of({ type: 'count', event: 'no.such', threshold: 1 }, {}, rules);
    expect(ruled.given(privacy('out')).when(day('2026-01-01')).xp).toBe(0);
    expect(ruled.given(privacy('out', 'health')).when(day('2026-01-01')).xp).toBe(5);
  });
});

describe('a cascade', () => {
  const chain = specification(
    makePack({
      achievements: [
        achievement('first', { xp_reward: 50, criteria: { type: 'count', event: 'build.done', threshold: 1 } }),
        achievement('rich', { xp_reward: 60, criteria: { type: 'xp', threshold: 50 } }),
        achievement('richer', { xp_reward: 1, criteria: { type: 'xp', threshold: 110 } }),
        achievement('all', { criteria: { type: 'achievements', slugs: ['first', 'richer'] } }),
        achievement('any', { criteria: { type: 'achievements', slugs: ['first', 'absent'], threshold: 1 } }),
      ],
    }),
  );
  test('goes on until nothing changes', () => {
    const outcome = chain.given().when(day('2026-01-01'));
    expect(outcome.unlocks[0]).toBe('first');
    expect([...outcome.unlocks].sort()).toEqual(['all', 'any', 'first', 'rich', 'richer']);
    expect(outcome.xp).toBe(111);
  });
});

describe('XP by rules', () => {
  const rules = (rule: Record<string, unknown>) => specification(makePack({ xp_rules: [{ id: 'r', event: 'build.done', ...rule }] }));

  test('is capped in each period of the user’s calendar', () => {
    const capped = rules({ amount: 'properties.n', cap: { per: 'day', amount: 10 } });
    const n = (at: string, amount: number) => done(at, { n: amount });
    expect(capped.given(n('2026-01-01T01:00:00Z', 7)).when(n('2026-01-01T02:00:00Z', 7)).xp).toBe(10);
    expect(
      capped
        .given(n('2026-01-01T01:00:00Z', 7), n('2026-01-01T02:00:00Z', 7))
        .when(n('2026-01-02T02:00:00Z', 7), n('2026-01-01T03:00:00Z', 7)).xp,
    ).toBe(17);
    expect(capped.given(n('2026-01-01T01:00:00Z', 30)).when(n('2026-01-01T02:00:00Z', -25)).xp).toBe(5);
  });
  test('drops what is behind the point and pays nothing for what is no number', () => {
    expect(
      rules({ amount: 'properties.n' })
        .given()
        .when(done('2026-01-01T00:00:00Z', { n: 2.9 })).xp,
    ).toBe(2);
    expect(
      rules({ amount: 'properties.n' })
        .given()
        .when(done('2026-01-01T00:00:00Z', { n: 'x' }), done('2026-01-01T00:00:00Z', { n: 1e300 })),
    ).toMatchObject({ xp: 0, evaluationFailures: 2 });
    expect(
      rules({ amount: 5, where: 'properties.ok' })
        .given()
        .when(done('2026-01-01T00:00:00Z', { ok: true }), done('2026-01-01T00:00:00Z')),
    ).toMatchObject({ xp: 5, evaluationFailures: 1 });
  });
});

describe('a failed evaluation', () => {
  test('makes the event no match and is counted', () => {
    const filtered = of({ type: 'count', event: 'build.done', where: 'properties.severity == "sev2"', threshold: 1 });
    expect(filtered.given().when(day('2026-01-01'))).toMatchObject({
      unlocks: [],
      evaluationFailures: 1,
      progress: [{ status: 'locked', value: 0 }],
    });
    const summed = of({ type: 'sum', event: 'build.done', value: 'properties.n', threshold: 1 });
    expect(summed.given().when(done('2026-01-01T00:00:00Z', { n: '5' }))).toMatchObject({ unlocks: [], evaluationFailures: 1 });
  });
});

describe('a manual achievement', () => {
  test('is granted by the event that it names', () => {
    const benefactor = of({ type: 'manual', on: { event: 'subscription.created', where: 'properties.tier != "free"' } });
    expect(benefactor.given().when({ type: 'subscription.created', properties: { tier: 'free' } }).unlocks).toEqual([]);
    expect(benefactor.given().when({ type: 'subscription.created', properties: { tier: 'pro' } }).unlocks).toEqual(['it']);
  });
});
