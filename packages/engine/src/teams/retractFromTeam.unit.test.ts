import { expect, test } from 'vitest';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Effects } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import type { UnlockKey } from '../holdUnlocks.js';
import { emptyState, type UserState } from '../state/userState.js';
import { achievement, makeCatalogue } from '../testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from '../testing/makeEvent.js';
import { decodeTeamState, encodeTeamState } from './encodeTeamState.js';
import { foldTeam } from './foldTeam.js';
import { MemberChoices } from './MemberChoices.js';
import { RetractedTeamHistory, teamSlugsConcernedBy } from './RetractedTeamHistory.js';
import { retractFromTeam } from './retractFromTeam.js';

const TEAM = 'red';
const three = (more: object = {}) =>
  achievement('three', {
    scope: 'team',
    criteria: { type: 'count', event: 'build.succeeded', threshold: 3 },
    on_retract: 'revoke',
    ...more,
  });
const build = (sequence: number, userId = 'ada') => makeEvent({ sequence, userId, teamId: TEAM });
const ids = (...sequences: number[]) => sequences.map((sequence) => `e${sequence}`);

/** The team after what its members did, as the loop of the teams has it. */
function live(catalogue: Catalogue, events: readonly EngineEvent[]): UserState {
  const team = emptyState();
  const choices = new MemberChoices();
  for (const event of events) {
    choices.fold(catalogue, event);
    if (event.teamId === TEAM) foldTeam(catalogue, team, { event, member: choices.of(event.userId) });
  }
  return team;
}

function retracted(
  catalogue: Catalogue,
  team: UserState,
  of: { events: readonly EngineEvent[]; eventId: string; granted?: readonly UnlockKey[] },
): { effects: Effects; history: RetractedTeamHistory } {
  const type = of.events.find(({ eventId }) => eventId === of.eventId)?.type ?? '';
  const slugs = teamSlugsConcernedBy(catalogue, type);
  const versions = slugs.flatMap((slug) => catalogue.definitions.get(slug) ?? []).map((published) => [published]);
  const history = new RetractedTeamHistory(catalogue, { versions, teamIds: new Set([TEAM]) });
  for (const event of of.events) if (history.concerns(event)) history.fold(event, { isRetracted: event.eventId === of.eventId });
  const counted = history.teams.get(TEAM);
  if (counted === undefined) throw new Error('nothing counted for the team');
  const effects = retractFromTeam(catalogue, team, {
    ...{ slugs, history: counted, event: { eventId: of.eventId, type }, at: SUNDAY, cause: 'c1', reason: 'a mistake' },
    isGranted: ({ slug }) => of.granted?.some((key) => key.slug === slug) ?? false,
  });
  return { effects, history };
}

const told = ({ revocations, unlocks, xp }: Effects) => ({
  revoked: revocations.map(({ slug }) => slug),
  unlocked: unlocks.map(({ definition }) => definition.slug),
  paid: xp.length,
});

test('a team loses what it holds only because of the event, and what was measured from that; the event is no evidence any more', () => {
  const catalogue = makeCatalogue({
    achievements: [
      three(),
      three({ slug: 'kept', on_retract: 'keep' }),
      three({ slug: 'two', criteria: { type: 'count', event: 'build.succeeded', threshold: 2 } }),
      achievement('all', { scope: 'team', criteria: { type: 'achievements', slugs: ['three'] }, on_retract: 'revoke' }),
      achievement('alone', { criteria: { type: 'count', event: 'build.succeeded', threshold: 1 }, on_retract: 'revoke' }),
    ],
  });
  const events = [build(1), build(2, 'bob'), build(3)];
  const team = live(catalogue, events);
  const { effects } = retracted(catalogue, team, { events, eventId: 'e2' });
  expect(told(effects)).toEqual({ revoked: ['three', 'all'], unlocked: [], paid: 0 });

  const restored = decodeTeamState(encodeTeamState(team));
  const again = foldTeam(catalogue, restored, { event: build(4, 'cyd'), member: emptyState() });
  expect(again.unlocks.map(({ definition, restored: isRestored, evidence }) => [definition.slug, isRestored, evidence])).toEqual([
    ['three', true, ids(1, 3, 4)],
    ['all', true, undefined],
  ]);
});

test('doing it twice does no more than doing it once', () => {
  const catalogue = makeCatalogue({ achievements: [three()] });
  const events = [build(1), build(2), build(3)];
  const team = live(catalogue, events);
  retracted(catalogue, team, { events, eventId: 'e1' });
  const once = encodeTeamState(team);
  expect(told(retracted(catalogue, team, { events, eventId: 'e1' }).effects)).toEqual({ revoked: [], unlocked: [], paid: 0 });
  expect(encodeTeamState(team)).toEqual(once);
});

test('what a person gave a team stays', () => {
  const catalogue = makeCatalogue({ achievements: [three()] });
  const events = [build(1), build(2), build(3)];
  const team = live(catalogue, events);
  const granted = [{ slug: 'three', level: null, period: null }];
  expect(told(retracted(catalogue, team, { events, eventId: 'e1', granted }).effects).revoked).toEqual([]);
});

test('a choice of a member that is retracted was never made: what it kept from counting counts for the team', () => {
  const catalogue = makeCatalogue({ achievements: [three({ category: 'health' })] });
  const events = [
    makeEvent({ sequence: 1, type: 'privacy.opted_out', userId: 'ada' }),
    build(2),
    build(3, 'bob'),
    build(4),
    build(5, 'bob'),
  ];
  const team = live(catalogue, events);
  expect(team.achievements.get('three')?.held.any).toBe(false);
  const { effects, history } = retracted(catalogue, team, { events, eventId: 'e1' });
  expect(effects.unlocks).toMatchObject([{ causedBy: 'e4', backfilled: true, evidence: ids(2, 3, 4) }]);
  expect(history.choices.of('ada').consent).toEqual(emptyState().consent);
});

test('a plan that is retracted was never had, and another event leaves the plan as it is', () => {
  const catalogue = makeCatalogue({ achievements: [three({ tier_required: 'pro' })] });
  const plan = makeEvent({ sequence: 1, type: 'subscription.created', properties: { tier: 'pro' }, teamId: TEAM });
  const events = [plan, build(2), build(3), build(4), build(5)];
  const team = live(catalogue, events);
  expect(told(retracted(catalogue, team, { events, eventId: 'e5' }).effects).revoked).toEqual([]);
  expect(team.tier).toBe('pro');
  const left = events.filter(({ eventId }) => eventId !== 'e5');
  expect(told(retracted(catalogue, team, { events: left, eventId: 'e1' }).effects).revoked).toEqual(['three']);
  expect(team.tier).toBeNull();
});
