import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { UnlockEffect } from '../effects.js';
import { progress } from '../explain/progress.js';
import { fold } from '../fold.js';
import { grant } from '../grant.js';
import { parsePack } from '../packs/parsePack.js';
import { recountCatalogue } from '../recount/recountCatalogue.js';
import { encodeState } from '../state/encodeState.js';
import { emptyState, type UserState } from '../state/userState.js';
import { achievement, makeCatalogue } from '../testing/makeCatalogue.js';
import { type EventParts, makeEvent, SUNDAY } from '../testing/makeEvent.js';
import { decodeTeamState, encodeTeamState } from './encodeTeamState.js';
import { foldMember } from './foldMember.js';
import { foldTeam } from './foldTeam.js';
import { mergeTeamRecount } from './mergeTeamRecount.js';
import { recheckTeam } from './recheckTeam.js';

const builds = { type: 'count', event: 'build.succeeded', threshold: 3 };
const DAY_MS = 86_400_000;

/** A team and its members under a catalogue, as the log brings their events. */
class Play {
  team = emptyState();
  readonly members = new Map<string, UserState>();
  readonly unlocks: UnlockEffect[] = [];
  #sequence = 0;

  constructor(public catalogue: Catalogue) {}

  event(parts: EventParts): void {
    const event = makeEvent({ teamId: 'red', ...parts, sequence: (this.#sequence += 1) });
    const member = this.members.get(event.userId) ?? emptyState();
    this.members.set(event.userId, member);
    foldMember(this.catalogue, member, event);
    this.unlocks.push(...foldTeam(this.catalogue, this.team, { event, member }).unlocks);
  }
}

const periodsOf = ({ unlocks }: Play): (string | null)[] => unlocks.map(({ period }) => period).sort();

describe('foldTeam', () => {
  it('counts the events of all members together, unlocks once, and pays nobody', () => {
    const play = new Play(makeCatalogue({ achievements: [achievement('three', { scope: 'team', xp_reward: 50, criteria: builds })] }));
    for (const userId of ['ada', 'bob', 'cyd', 'ada']) play.event({ userId });
    expect(
      play.unlocks.map(({ definition, value, causedBy, xpReward, xpTotal, evidence }) => ({
        slug: definition.slug,
        value,
        causedBy,
        xpReward,
        xpTotal,
        evidence,
      })),
    ).toEqual([{ slug: 'three', value: 3, causedBy: 'e3', xpReward: 0, xpTotal: 0, evidence: ['e1', 'e2', 'e3'] }]);
    expect(play.team.xp).toBe(0);
  });

  it('marks what an event unlocks that is told long after it happened', () => {
    const play = new Play(
      makeCatalogue({
        achievements: [achievement('each', { scope: 'team', repeat: 'every_threshold', criteria: { ...builds, threshold: 1 } })],
      }),
    );
    for (const backfill of [true, false]) play.event({ backfill });
    expect(play.unlocks.map(({ backfilled }) => backfilled)).toEqual([true, false]);
  });

  it('keeps the achievements of teams and those of users apart', () => {
    const catalogue = makeCatalogue({
      achievements: [
        achievement('alone', { criteria: { ...builds, threshold: 1 }, xp_reward: 10 }),
        achievement('together', { scope: 'team', criteria: { ...builds, threshold: 1 } }),
      ],
      xp_rules: [{ id: 'build', event: 'build.succeeded', amount: 5 }],
    });
    const user = emptyState();
    const ofUser = fold(catalogue, user, makeEvent({ teamId: 'red' }));
    expect(ofUser.unlocks.map(({ definition }) => definition.slug)).toEqual(['alone']);
    expect(user.xp).toBe(15);
    expect(progress(catalogue, user, SUNDAY).map(({ slug }) => slug)).toEqual(['alone']);
    const play = new Play(catalogue);
    play.event({});
    expect(play.unlocks.map(({ definition }) => definition.slug)).toEqual(['together']);
    expect(progress(catalogue.ofTeams, play.team, SUNDAY).map(({ slug }) => slug)).toEqual(['together']);
    expect(grant(catalogue, emptyState(), { slug: 'together', level: null, period: null, at: 0, cause: 'c', reason: 'r' }).unlocks).toEqual(
      [],
    );
  });

  it('counts what members let count, and takes nothing away when one says no', () => {
    const secret = { scope: 'team', sensitive: true, category: 'health', criteria: builds };
    const play = new Play(
      makeCatalogue({
        achievements: [achievement('open', { scope: 'team', category: 'work', criteria: builds }), achievement('secret', secret)],
      }),
    );
    play.event({ userId: 'ada', type: 'privacy.opted_in', properties: { category: 'health' } });
    play.event({ userId: 'ada' });
    play.event({ userId: 'bob' });
    play.event({ userId: 'bob', type: 'privacy.opted_out' });
    play.event({ userId: 'bob' });
    const values = () => Object.fromEntries(progress(play.catalogue.ofTeams, play.team, SUNDAY).map(({ slug, value }) => [slug, value]));
    expect(values()).toEqual({ open: 2, secret: 1 });
    play.event({ userId: 'ada' });
    play.event({ userId: 'ada' });
    expect(play.unlocks.map(({ definition }) => definition.slug).sort()).toEqual(['open', 'secret']);
  });

  it('goes by the plan of the team, which subscription events that name it say, and by the zone of the tenant', () => {
    const gated = { scope: 'team', tier_required: 'pro', criteria: { ...builds, window: { calendar: 'day' } }, repeat: 'each_period' };
    const play = new Play(makeCatalogue({ achievements: [achievement('gated', gated)] }, { settings: { timezone: 'Asia/Tokyo' } }));
    const lateInUtc = Date.UTC(2026, 3, 12, 20);
    play.event({ type: 'profile.updated', properties: { timezone: 'America/New_York' } });
    for (const userId of ['ada', 'bob', 'cyd']) play.event({ userId, at: lateInUtc });
    play.event({ type: 'subscription.created', teamId: 'blue', properties: { tier: 'pro' } });
    expect(play.team.tier).toBe('pro');
    expect(play.unlocks.map(({ period }) => period)).toEqual(['2026-04-13']);
  });

  it('measures the achievements of the team itself', () => {
    const both = { scope: 'team', criteria: { type: 'achievements', slugs: ['one', 'three'] } };
    const play = new Play(
      makeCatalogue({
        achievements: [
          achievement('both', both),
          achievement('one', { scope: 'team', criteria: { type: 'manual', on: { event: 'team.founded' } } }),
          achievement('three', { scope: 'team', criteria: builds }),
        ],
      }),
    );
    play.event({ type: 'team.founded' });
    for (let i = 0; i < 3; i += 1) play.event({});
    expect(play.unlocks.map(({ definition, causedBy }) => [definition.slug, causedBy])).toEqual([
      ['one', 'e1'],
      ['three', 'e4'],
      ['both', 'e4'],
    ]);
  });

  it('gives the same state whatever the order of its events, and goes on from any point as if it had never been written', () => {
    const catalogue = makeCatalogue({
      achievements: [
        achievement('count', { scope: 'team', criteria: { ...builds, threshold: 1_000 } }),
        achievement('people', {
          scope: 'team',
          criteria: { type: 'distinct', event: 'build.succeeded', value: 'actor.user_id', threshold: 1_000 },
        }),
        achievement('days', { scope: 'team', criteria: { type: 'streak', event: 'build.succeeded', every: 'day', threshold: 1_000 } }),
        achievement('monthly', { scope: 'team', repeat: 'each_period', criteria: { ...builds, window: { calendar: 'month' } } }),
      ],
    });
    const event = fc.record({ userId: fc.constantFrom('ada', 'bob', 'cyd'), day: fc.integer({ min: 0, max: 70 }) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), fc.array(fc.nat(), { minLength: 30, maxLength: 30 }), (events, keys) => {
        const there = new Play(catalogue);
        for (const { userId, day } of events) there.event({ userId, at: SUNDAY + day * DAY_MS });
        const back = new Play(catalogue);
        const shuffled = events.map((made, i) => ({ made, key: keys[i] ?? 0 })).sort((a, b) => a.key - b.key);
        for (const { made } of shuffled) {
          back.event({ userId: made.userId, at: SUNDAY + made.day * DAY_MS });
          back.team = decodeTeamState(encodeTeamState(back.team));
        }
        expect(encodeState(back.team)).toEqual(encodeState(there.team));
        expect(periodsOf(back)).toEqual(periodsOf(there));
      }),
      { numRuns: 200 },
    );
  });

  it('never throws on an event that says nothing sensible', () => {
    const play = new Play(makeCatalogue({ achievements: [achievement('three', { scope: 'team', criteria: builds })] }));
    play.event({ at: Number.NaN });
    play.event({ type: 'subscription.created', properties: { tier: 7 } });
    expect(play.unlocks).toEqual([]);
    expect(play.team.tier).toBeNull();
  });
});

describe('the state of a team', () => {
  const daily = { scope: 'team', repeat: 'each_period', criteria: { ...builds, threshold: 2, window: { calendar: 'day' } } };

  it('goes on after it was written and read as if nothing were, with the evidence of what still counts', () => {
    const play = new Play(makeCatalogue({ achievements: [achievement('daily', daily)] }));
    const restored = new Play(play.catalogue);
    for (let day = 0; day < 4; day += 1) {
      for (let i = 0; i < 2 - (day % 2); i += 1) {
        const at = SUNDAY + day * DAY_MS;
        play.event({ at, userId: `u${String(i)}` });
        restored.event({ at, userId: `u${String(i)}` });
        restored.team = decodeTeamState(encodeTeamState(restored.team));
      }
    }
    expect(restored.unlocks).toEqual(play.unlocks);
    const bytes = encodeTeamState(play.team);
    expect(encodeTeamState(decodeTeamState(bytes))).toEqual(bytes);
    // Settled days keep neither counts nor evidence, but for the newest.
    expect([...(decodeTeamState(bytes).evidence?.values() ?? [])]).toEqual([['e3'], ['e6']]);
  });

  it('is refused where it is of another layout, or broken', () => {
    const bytes = encodeTeamState(emptyState());
    expect(() => decodeTeamState(Uint8Array.from([9, ...bytes.slice(1)]))).toThrow(expect.objectContaining({ code: 'unknown_version' }));
    expect(() => decodeTeamState(Uint8Array.from([...bytes, 0]))).toThrow(expect.objectContaining({ code: 'malformed' }));
    expect(() => decodeTeamState(bytes.slice(0, 4))).toThrow(expect.objectContaining({ code: 'truncated' }));
  });
});

describe('a new version that begins anew', () => {
  const five = (on_publish: string) => achievement('five', { scope: 'team', on_publish, criteria: { ...builds, threshold: 5 } });

  it.each([
    ['restart', ['e5', 'e6', 'e7', 'e8', 'e9']],
    ['continue', ['e1', 'e2', 'e3', 'e4', 'e5']],
  ])('by %s names as evidence what it counted', (on_publish, evidence) => {
    const before = makeCatalogue({ achievements: [five(on_publish)] });
    const play = new Play(before);
    for (let i = 0; i < 4; i += 1) play.event({});
    play.catalogue = makeCatalogue({ achievements: [{ ...five(on_publish), name: 'Five again' }] }, { onto: before, sequence: 5 });
    expect(recheckTeam(play.catalogue, decodeTeamState(encodeTeamState(play.team)), { at: 0, cause: 'p' }).unlocks).toEqual([]);
    for (let i = 0; i < 5; i += 1) play.event({});
    expect(play.unlocks.map((unlock) => unlock.evidence)).toEqual([evidence]);
  });
});

describe('mergeTeamRecount', () => {
  it('gives a team what its history makes of a new version, once, and goes on counting from there', () => {
    const before = makeCatalogue({ achievements: [achievement('five', { scope: 'team', criteria: { ...builds, threshold: 5 } })] });
    const play = new Play(before);
    for (let i = 0; i < 4; i += 1) play.event({ userId: `u${String(i)}` });
    const easier = achievement('five', {
      scope: 'team',
      levels: [
        { name: 'a', threshold: 2 },
        { name: 'b', threshold: 5 },
      ],
      criteria: { type: 'count', event: 'build.succeeded' },
    });
    const after = makeCatalogue({ achievements: [easier] }, { onto: before, sequence: 5 });
    const merge = () => {
      const scratch = new Play(recountCatalogue(after.ofTeams, ['five']));
      for (let i = 0; i < 4; i += 1) scratch.event({ userId: `u${String(i)}` });
      return mergeTeamRecount(after, play.team, {
        scratch: scratch.team,
        slugs: ['five'],
        scratchUnlocks: scratch.unlocks,
        cause: 'p',
        at: 0,
      });
    };
    expect(
      merge().unlocks.map(({ level, causedBy, backfilled, evidence, xpReward }) => ({ level, causedBy, backfilled, evidence, xpReward })),
    ).toEqual([{ level: 'a', causedBy: 'e2', backfilled: true, evidence: ['e1', 'e2'], xpReward: 0 }]);
    expect(merge().unlocks).toEqual([]);
    const event = makeEvent({ teamId: 'red', eventId: 'e9' });
    const [unlock] = foldTeam(after, play.team, { event, member: emptyState() }).unlocks;
    expect(unlock).toMatchObject({ level: 'b', value: 5, evidence: ['e1', 'e2', 'e3', 'e4', 'e9'], backfilled: false });
  });
});

describe('a pack', () => {
  it('is refused where an achievement waits for one of the other scope, in the pack or in another', () => {
    const waiting = achievement('both', { criteria: { type: 'achievements', slugs: ['three'] } });
    const three = achievement('three', { scope: 'team', criteria: builds });
    const alone = parsePack({ pack: 'test', achievements: [waiting, three] });
    expect(alone).toMatchObject({ ok: false, issues: [{ path: 'achievements[0].criteria.slugs', code: 'mixed_scopes' }] });
    const published = makeCatalogue({ pack: 'one', achievements: [three] });
    expect(() => makeCatalogue({ pack: 'two', achievements: [waiting] }, { onto: published })).toThrow(
      'list achievements of scope user only',
    );
  });
});
