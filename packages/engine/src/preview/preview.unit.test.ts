import { describe, expect, test } from 'vitest';
import { Catalogue } from '../catalogue/catalogue.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { emptyState, type UserState } from '../state/userState.js';
import { achievement, makeCatalogue, makePack } from '../testing/makeCatalogue.js';
import { type EventParts, makeEvent } from '../testing/makeEvent.js';
import { Preview, type PreviewOptions } from './preview.js';
import type { PreviewReport } from './previewReport.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const START = Date.UTC(2026, 3, 1, 8);
const day = (n: number, hours = 0): number => START + n * DAY + hours * HOUR;
const count = (threshold: number, more: object = {}) => ({ type: 'count', event: 'build.done', threshold, ...more });

type Told = Omit<EventParts, 'userId' | 'at'>;
const did = (userId: string, at: number, more: Told = {}): EventParts => ({ type: 'build.done', userId, at, ...more });

function placed(events: readonly EventParts[]): EngineEvent[] {
  return events.map((event, i) => makeEvent({ ...event, sequence: i + 1 }));
}

function preview(
  parts: Parameters<typeof makePack>[0],
  events: readonly EventParts[],
  options: Partial<PreviewOptions> & { now?: number } = {},
): PreviewReport {
  const { now = day(10), ...rest } = options;
  const begun = Preview.begin(makePack(parts), { published: Catalogue.empty(), since: null, ...rest });
  if (!begun.ok) throw new Error(begun.issues.map(({ message }) => message).join('\n'));
  for (const event of placed(events)) begun.value.take(event);
  return begun.value.report(now);
}

const codes = ({ warnings }: PreviewReport) => warnings.map(({ code, slug, level }) => [code, slug ?? '', level ?? ''].join(' ').trim());

describe('what publishing would give', () => {
  const builds = ['ann', 'ann', 'ann', 'ann', 'bob', 'bob', 'cid'].map((user, i) => did(user, day(i)));
  const of = (threshold: number, more: object = {}) =>
    makePack({ achievements: [achievement('it', { criteria: count(threshold), ...more })] });

  /** What is told of a draft to a tenant that had the achievement for the whole history, or does not have it at all. */
  function told(draft: ReturnType<typeof makePack>, held: ReturnType<typeof makePack> | null) {
    const published = held === null ? Catalogue.empty() : makeCatalogue({ achievements: [achievement('it', { criteria: count(3) })] });
    const live = new Map<string, UserState>();
    for (const event of placed(builds)) {
      const state = live.get(event.userId) ?? emptyState();
      live.set(event.userId, state);
      fold(published, state, event);
    }
    const begun = Preview.begin(draft, { published, since: null });
    if (!begun.ok) throw new Error('it can be published');
    for (const event of placed(builds)) begun.value.take(event);
    for (const id of begun.value.holderIds('user')) begun.value.compare(id, live.get(id) ?? null, { scope: 'user', now: day(20) });
    const [it] = begun.value.report(day(20)).achievements;
    return { unlocks: it?.unlocks, onPublish: it?.onPublish, fresh: it?.fresh };
  }

  test('is by a recount what nobody has yet', () => {
    expect(told(of(2), null)).toEqual({ unlocks: 2, onPublish: 'recount', fresh: { unlocks: 2, holders: 2 } });
    // ann has it by the version before.
    expect(told(of(2), of(3))).toEqual({ unlocks: 2, onPublish: 'recount', fresh: { unlocks: 1, holders: 1 } });
    expect(told(of(3), of(3))).toEqual({ unlocks: 1, onPublish: null, fresh: { unlocks: 0, holders: 0 } });
  });

  test('is by levels and multiples each that is not held', () => {
    const multiples = of(1, { repeat: 'every_threshold' });
    expect(told(multiples, null).fresh).toEqual({ unlocks: 7, holders: 3 });
    const levels = [1, 2, 4].map((threshold) => ({ name: `l${String(threshold)}`, threshold }));
    const levelled = of(1, { criteria: { type: 'count', event: 'build.done' }, levels });
    expect(told(levelled, of(3)).fresh).toEqual({ unlocks: 6, holders: 3 });
  });

  test('goes on from what was counted, or begins with nothing, as on_publish says', () => {
    expect(told(of(2, { on_publish: 'continue' }), of(3))).toEqual({
      unlocks: 2,
      onPublish: 'continue',
      fresh: { unlocks: 1, holders: 1 },
    });
    expect(told(of(2, { on_publish: 'restart' }), of(3))).toEqual({ unlocks: 2, onPublish: 'restart', fresh: { unlocks: 0, holders: 0 } });
    expect(told(of(2, { on_publish: 'continue' }), null)).toMatchObject({ onPublish: 'restart', fresh: { unlocks: 0, holders: 0 } });
  });
});

describe('the figures of a preview', () => {
  // ann: days 0, 1, 3 (third build after 3 days); bob: 1, 1 + 2 h, 2 (after a day); cid: 4 alone; dee only logs in.
  const history = [
    did('ann', day(0)),
    did('ann', day(1)),
    did('bob', day(1)),
    did('bob', day(1, 2)),
    did('bob', day(2)),
    did('ann', day(3)),
    did('cid', day(4)),
    { ...did('dee', day(4)), type: 'user.login' },
  ];

  test('are those that one finds by hand', () => {
    const report = preview({ achievements: [achievement('third', { criteria: count(3), xp_reward: 20 })] }, history);
    expect(report).toMatchObject({ pack: 'test', since: null, events: 8, from: day(0), until: day(4), days: 5 });
    expect(report.users).toEqual({ seen: 4, sampled: 4, oneIn: 1 });
    expect(report.achievements).toEqual([
      {
        slug: 'third',
        name: 'third',
        scope: 'user',
        change: 'added',
        onPublish: 'recount',
        fresh: null,
        unlocks: 2,
        holders: 2,
        share: 0.5,
        unlocksADay: 2 / 5,
        // 3 days and 1 day.
        timeToUnlock: { medianMs: 2 * DAY, p90Ms: 3 * DAY },
        histogram: {
          daysPerBar: 1,
          bars: [
            { day: '2026-04-03', unlocks: 1 },
            { day: '2026-04-04', unlocks: 1 },
          ],
        },
        earliest: [
          { userId: 'bob', teamId: null, at: day(2), level: null, period: null },
          { userId: 'ann', teamId: null, at: day(3), level: null, period: null },
        ],
        levels: [],
      },
    ]);
    // 20, 20, 0 and 0.
    expect(report.xp).toEqual({ total: 40, perUser: { median: 10, p90: 20 }, rules: [] });
    expect(report.warnings).toEqual([]);
  });

  test('tell levels apart, and the time to the first of them', () => {
    const levels = [
      { name: 'bronze', threshold: 1 },
      { name: 'silver', threshold: 2 },
      { name: 'gold', threshold: 9 },
    ];
    const criteria = { type: 'count', event: 'build.done' };
    const report = preview({ achievements: [achievement('builder', { criteria, levels })] }, history);
    const [builder] = report.achievements;
    expect(builder).toMatchObject({ unlocks: 5, holders: 3, share: 0.75, timeToUnlock: { medianMs: 0, p90Ms: 0 } });
    expect(builder?.levels).toEqual([
      { level: 'bronze', threshold: 1, unlocks: 3, holders: 3, share: 0.75, timeToUnlock: { medianMs: 0, p90Ms: 0 } },
      { level: 'silver', threshold: 2, unlocks: 2, holders: 2, share: 0.5, timeToUnlock: { medianMs: (DAY + 2 * HOUR) / 2, p90Ms: DAY } },
      { level: 'gold', threshold: 9, unlocks: 0, holders: 0, share: 0, timeToUnlock: null },
    ]);
    expect(builder?.earliest.map(({ userId, level }) => `${userId ?? ''} ${level ?? ''}`)).toEqual([
      'ann bronze',
      'ann silver',
      'bob bronze',
      'bob silver',
      'cid bronze',
    ]);
    expect(codes(report)).toEqual(['nobody builder gold']);
    expect(report.warnings[0]?.message).toContain('ann comes the furthest, to 3 of 9');
  });

  test('count the time from the earliest event of the user, of whatever type, and in whatever order it came', () => {
    const report = preview({ achievements: [achievement('first', { criteria: count(1) })] }, [
      { ...did('ann', day(5)), type: 'user.login' },
      did('ann', day(6)),
      { ...did('ann', day(2)), type: 'user.login' },
    ]);
    expect(report.achievements[0]?.timeToUnlock).toEqual({ medianMs: 4 * DAY, p90Ms: 4 * DAY });
  });

  test('name the ten earliest of more, with their periods', () => {
    const monthly = achievement('monthly', { criteria: count(1, { window: { calendar: 'day' } }), repeat: 'each_period' });
    const report = preview(
      { achievements: [monthly] },
      Array.from({ length: 12 }, (_, i) => did('ann', day(11 - i))),
      { now: day(12) },
    );
    const earliest = report.achievements[0]?.earliest ?? [];
    expect(earliest.map(({ period }) => period)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => `2026-04-${String(n).padStart(2, '0')}`),
    );
    expect(report.achievements[0]).toMatchObject({ unlocks: 12, holders: 1, unlocksADay: 1 });
  });

  test('hold the XP of achievements and of rules with their caps, of the draft alone', () => {
    const other = makeCatalogue({ pack: 'other', xp_rules: [{ id: 'build', event: 'build.done', amount: 1000 }] });
    const report = preview(
      {
        achievements: [
          achievement('third', { criteria: count(3), xp_reward: 20 }),
          achievement('rich', { criteria: { type: 'xp', threshold: 2000 } }),
        ],
        xp_rules: [{ id: 'build', event: 'build.done', amount: 5, cap: { per: 'day', amount: 7 } }],
      },
      history,
      { published: other },
    );
    // ann 15 + 20, bob 7 + 5 + 20, cid 5, dee 0.
    expect(report.xp).toEqual({ total: 72, perUser: { median: 18.5, p90: 35 }, rules: [{ id: 'build', total: 32 }] });
    // That of other packs counts towards what is measured in XP: ann and bob have 3000 of it.
    expect(report.achievements.find(({ slug }) => slug === 'rich')).toMatchObject({ unlocks: 2, holders: 2 });
  });

  test('follow the days of the tenant', () => {
    const report = preview({ achievements: [achievement('first', { criteria: count(1) })] }, [did('ann', Date.UTC(2026, 3, 1, 23))], {
      published: Catalogue.empty().configure({ timezone: 'Pacific/Auckland' }),
    });
    expect(report.achievements[0]?.histogram.bars).toEqual([{ day: '2026-04-02', unlocks: 1 }]);
  });

  test('are none without events', () => {
    const report = preview({ achievements: [achievement('first', { criteria: count(1) })] }, []);
    expect(report).toMatchObject({ events: 0, from: null, until: null, days: 0, users: { seen: 0 }, xp: { total: 0, perUser: null } });
    expect(report.achievements[0]).toMatchObject({ unlocks: 0, share: 0, unlocksADay: 0, timeToUnlock: null });
    expect(codes(report)).toEqual(['event_not_seen first', 'nobody first']);
  });
});

describe('since', () => {
  test('leaves out what occurred before, though it tells that a type is alive', () => {
    const report = preview(
      { achievements: [achievement('third', { criteria: count(3) })] },
      [did('ann', day(0)), did('ann', day(5)), did('ann', day(6)), did('bob', day(1))],
      { since: day(5) },
    );
    expect(report).toMatchObject({ since: day(5), events: 2, from: day(5), users: { seen: 1 } });
    expect(report.achievements[0]?.unlocks).toBe(0);
    expect(codes(report)).toEqual(['nobody third']);
  });
});

describe('a draft in its tenant', () => {
  test('is measured with the other packs, and reported alone', () => {
    const published = makeCatalogue({ pack: 'other', achievements: [achievement('base', { criteria: count(2) })] });
    const draft = { achievements: [achievement('done', { criteria: { type: 'achievements', slugs: ['base'] } })] };
    const report = preview(draft, [did('ann', day(0)), did('ann', day(2))], { published });
    expect(report.achievements.map(({ slug, unlocks }) => [slug, unlocks])).toEqual([['done', 1]]);
    expect(report.achievements[0]?.earliest).toEqual([{ userId: 'ann', teamId: null, at: day(2), level: null, period: null }]);
  });

  test('takes the place of the pack that is published', () => {
    const published = makeCatalogue({
      achievements: [achievement('a', { criteria: count(5) }), achievement('gone', { criteria: count(1) })],
    });
    const report = preview({ achievements: [achievement('a', { criteria: count(1) })] }, [did('ann', day(0))], { published });
    expect(report.achievements.map(({ slug, change, unlocks }) => [slug, change, unlocks])).toEqual([['a', 'changed', 1]]);
  });

  test('is refused where publishing it would be', () => {
    const published = makeCatalogue({ pack: 'other', achievements: [achievement('a', { criteria: count(5) })] });
    const begun = Preview.begin(makePack({ achievements: [achievement('a', { criteria: count(1) })] }), { published, since: null });
    expect(begun).toMatchObject({ ok: false, issues: [{ code: 'slug_taken' }] });
  });
});

describe('the warnings', () => {
  const one = (fields: object) => ({ achievements: [achievement('it', { criteria: count(1), ...fields })] });

  test('nobody: nothing counts, or a threshold is too high, or a plan too low', () => {
    const nothing = preview(one({ criteria: count(1, { where: 'properties.ok == true' }) }), [did('ann', day(9))]);
    expect(codes(nothing)).toEqual(['nobody it']);
    expect(nothing.warnings[0]?.message).toContain('nothing counts for it so far');
    const high = preview(one({ criteria: count(3, { window: { calendar: 'day' } }) }), [
      did('ann', day(7)),
      did('bob', day(8)),
      did('bob', day(8, 1)),
    ]);
    expect(high.warnings[0]?.message).toContain('bob comes the furthest, to 2 of 3');
    const gated = preview(one({ tier_required: 'pro', criteria: count(2) }), [did('ann', day(7)), did('ann', day(8))]);
    expect(gated.warnings[0]?.message).toContain(
      'ann comes the furthest, to 2 of 2, but may not have it. Nobody who comes so far has the tier pro',
    );
    expect(codes(preview(one({ criteria: { type: 'manual' } }), [did('ann', day(9))]))).toEqual([]);
  });

  test('everybody_first_day: from 95 % of the users within 24 hours on', () => {
    const users = (late: number) =>
      Array.from({ length: 20 }, (_, i) => [
        { ...did(`u${String(i)}`, day(5)), type: 'user.login' },
        did(`u${String(i)}`, i < late ? day(6) + 1 : day(6)),
      ]).flat();
    const report = preview(one({}), users(1));
    expect(codes(report)).toEqual(['everybody_first_day it']);
    expect(report.warnings[0]?.message).toContain('95 % of the users');
    expect(codes(preview(one({}), users(2)))).toEqual([]);
  });

  test('more_than_daily: for what repeats at each multiple, by the days of the user', () => {
    const every = one({ criteria: count(2), repeat: 'every_threshold' });
    const often = [0, 1, 2, 3].map((hours) => did('ann', day(8, hours)));
    const report = preview(every, [{ ...did('ann', day(1)), type: 'user.login' }, ...often]);
    expect(codes(report)).toEqual(['more_than_daily it']);
    expect(report.warnings[0]?.message).toContain('1 user would get it more than once on a day (ann 2 times on 2026-04-09)');
    // Unlocks at 19:30 and at 21:00 in UTC are on two days four hours east of Greenwich.
    const east = { ...did('ann', day(0)), type: 'profile.updated', properties: { timezone: 'Etc/GMT-4' } };
    const midnight = [day(7, 1), day(7, 11.5), day(7, 12.5), day(7, 13)].map((at) => did('ann', at));
    expect(codes(preview(every, [{ ...east, properties: { timezone: 'UTC' } }, ...midnight]))).toEqual(['more_than_daily it']);
    expect(codes(preview(every, [east, ...midnight]))).toEqual([]);
  });

  test('bursts: where more than half of the unlocks come from the same event within a minute', () => {
    const login = (user: string) => ({ ...did(user, day(1)), type: 'user.login' });
    const burst = (user: string, apartMs: number) => [
      login(user),
      did(user, day(8)),
      did(user, day(8) + apartMs / 2),
      did(user, day(8) + apartMs),
    ];
    const three = one({ criteria: count(3) });
    const slow = burst('cid', 60_002);
    expect(codes(preview(three, [...burst('ann', 60_000), ...burst('bob', 0), ...slow]))).toEqual(['bursts it']);
    expect(codes(preview(three, [...burst('ann', 60_000), ...slow]))).toEqual([]);
    const report = preview(three, burst('ann', 10_000));
    expect(report.warnings[0]?.message).toContain('100 % of its unlocks come from bursts');
  });

  test('bursts: not of several types, nor what a single event brings, nor what a plan set free', () => {
    const events = [did('ann', day(8)), { ...did('ann', day(8)), type: 'build.other' }, did('ann', day(8))];
    const before = { ...did('ann', day(1)), type: 'user.login' };
    expect(codes(preview(one({ criteria: { ...count(3), event: 'build.*' } }), [before, ...events]))).toEqual([]);
    expect(codes(preview(one({ criteria: count(1) }), [before, ...events]))).toEqual([]);
    const rise = { ...did('ann', day(8)), type: 'subscription.created', properties: { tier: 'pro' } };
    const same = [did('ann', day(8)), did('ann', day(8))];
    expect(codes(preview(one({ tier_required: 'pro', criteria: count(2) }), [before, ...same, rise]))).toEqual([]);
    expect(codes(preview(one({ tier_required: 'pro', criteria: count(2) }), [before, rise, ...same]))).toEqual(['bursts it']);
  });

  test('bursts: of a high threshold, the last twenty events decide', () => {
    const early = Array.from({ length: 10 }, (_, i) => did('ann', day(i)));
    const burst = Array.from({ length: 20 }, (_, i) => did('ann', day(10) + i * 1000));
    const thirty = one({ criteria: count(30) });
    expect(codes(preview(thirty, [...early, ...burst]))).toEqual(['bursts it']);
    expect(codes(preview(thirty, [...early, did('ann', day(9, 1)), ...burst.slice(1)]))).toEqual([]);
  });

  test('event_not_seen: for 30 days, or ever, also for rules of XP and for patterns', () => {
    const pack = {
      achievements: [achievement('it', { criteria: { ...count(1), event: ['build.done', 'build.*', 'never.sent'] } })],
      xp_rules: [{ id: 'old', event: 'old.one', amount: 1 }],
    };
    const history = [{ ...did('ann', day(0)), type: 'user.login' }, did('ann', day(5)), { ...did('ann', day(1)), type: 'old.one' }];
    const fresh = preview(pack, history, { now: day(31) });
    expect(fresh.warnings.map(({ code, slug, xpRule }) => [code, slug, xpRule])).toEqual([['event_not_seen', 'it', null]]);
    expect(fresh.warnings[0]?.message).toBe(
      'no event "never.sent" was seen ever: check how the type is written, or let its producer send it first',
    );
    const later = preview(pack, history, { now: day(31) + 1 });
    expect(later.warnings.map(({ xpRule }) => xpRule)).toEqual([null, 'old']);
    expect(later.warnings[1]?.message).toContain('no event "old.one" was seen for 30 days, the last was at 2026-04-02T08:00:00Z');
    expect(preview(pack, history, { now: day(35) }).warnings).toHaveLength(2);
    expect(preview(pack, history, { now: day(35) + 1 }).warnings).toHaveLength(4);
  });
});

describe('achievements of teams', () => {
  const inTeam = (teamId: string, ...event: Parameters<typeof did>) => ({ ...did(...event), teamId });

  test('count the events of all members, by their choices, whomever the sample of users follows', () => {
    const history = [
      inTeam('red', 'ann', day(0)),
      inTeam('blue', 'cid', day(0)),
      { ...did('bob', day(1)), type: 'privacy.opted_out' },
      inTeam('red', 'bob', day(1)),
      did('ann', day(2)),
      inTeam('red', 'dee', day(3)),
    ];
    const draft = {
      achievements: [
        achievement('alone', { criteria: count(2) }),
        achievement('together', { scope: 'team', criteria: count(2), xp_reward: 9 }),
      ],
    };
    const report = preview(draft, history);
    expect(report).toMatchObject({ users: { seen: 4 }, teams: { seen: 2, sampled: 2, oneIn: 1 }, xp: { total: 0 } });
    expect(report.achievements.map(({ slug, scope, holders, share }) => [slug, scope, holders, share])).toEqual([
      ['alone', 'user', 1, 0.25],
      ['together', 'team', 1, 0.5],
    ]);
    const together = preview(draft, history, { usersMax: 2 }).achievements[1];
    expect(together?.earliest).toEqual([{ userId: null, teamId: 'red', at: day(3), level: null, period: null }]);
    expect(together?.timeToUnlock?.medianMs).toBe(3 * DAY);
    expect(preview({ achievements: [] }, history).teams).toBeNull();
  });
});

describe('many users', () => {
  /** Of every second user, a second event. */
  const ofUser = (i: number): EventParts[] => {
    const user = `user-${String(i)}`;
    return i % 2 === 0 ? [did(user, day(i % 5)), did(user, day(6))] : [did(user, day(i % 5))];
  };
  const everySecond = (n: number) => Array.from({ length: n }, (_, i) => ofUser(i)).flat();

  test('are sampled beyond the bound, and the figures scaled', () => {
    const pack = { achievements: [achievement('second', { criteria: count(2), xp_reward: 10 })] };
    const whole = preview(pack, everySecond(4000));
    expect(whole.users).toEqual({ seen: 4000, sampled: 4000, oneIn: 1 });
    expect(whole.achievements[0]).toMatchObject({ unlocks: 2000, share: 0.5 });
    const { users, achievements, xp } = preview(pack, everySecond(4000), { usersMax: 600 });
    expect(users.oneIn).toBe(8);
    expect(users.sampled).toBeLessThanOrEqual(600);
    expect(users.seen).toBe(users.sampled * 8);
    const [second] = achievements;
    if (second === undefined) throw new Error('no achievement');
    // Eight standard deviations of what a fair sample of 500 gives.
    expect(Math.abs(users.seen - 4000)).toBeLessThan(8 * 8 * 22);
    expect(Math.abs(second.share - 0.5)).toBeLessThan(8 * 0.023);
    expect(second).toMatchObject({ unlocks: second.holders, holders: second.share * users.sampled * 8 });
    expect(xp.total).toBe(second.unlocks * 10);
    expect(second.histogram.bars).toEqual([{ day: '2026-04-07', unlocks: second.unlocks }]);
    expect(second.earliest).toHaveLength(10);
  });

  test('are the same sample in whatever order they come', () => {
    const pack = { achievements: [achievement('second', { criteria: count(2) })] };
    const backwards = Array.from({ length: 1000 }, (_, i) => ofUser(999 - i)).flat();
    expect(preview(pack, backwards, { usersMax: 100 })).toEqual(preview(pack, everySecond(1000), { usersMax: 100 }));
  });
});

describe('a preview', () => {
  test('finds what folding the catalogue finds', () => {
    const parts = {
      achievements: [
        achievement('third', { criteria: count(3) }),
        achievement('every', { criteria: count(4), repeat: 'every_threshold' }),
        achievement('weekly', { criteria: count(2, { window: { calendar: 'week' } }), repeat: 'each_period' }),
        achievement('both', { criteria: { type: 'achievements', slugs: ['third', 'every'] } }),
      ],
    };
    const history = placed(Array.from({ length: 300 }, (_, i) => did(`u${String((i * 7) % 13)}`, day(((i * 31) % 90) / 3))));
    const catalogue = makeCatalogue(parts);
    const states = new Map<string, UserState>();
    const unlocks = new Map<string, number>();
    for (const event of history) {
      const state = states.get(event.userId) ?? emptyState();
      states.set(event.userId, state);
      for (const { definition } of fold(catalogue, state, event).unlocks)
        unlocks.set(definition.slug, (unlocks.get(definition.slug) ?? 0) + 1);
    }
    const report = preview(
      parts,
      history.map(({ userId, occurredAt }) => did(userId, occurredAt)),
    );
    expect(new Map(report.achievements.map(({ slug, unlocks: n }) => [slug, n]))).toEqual(unlocks);
  });
});
