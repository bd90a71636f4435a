import { expect, test } from 'vitest';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Effects } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { grant } from '../grant.js';
import type { UnlockKey } from '../holdUnlocks.js';
import { decodeState, encodeState } from '../state/encodeState.js';
import { emptyState, type UserState } from '../state/userState.js';
import { achievement, makeCatalogue } from '../testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from '../testing/makeEvent.js';
import { RetractedHistory, slugsConcernedBy } from './RetractedHistory.js';
import { retract } from './retract.js';

const three = (more: object = {}) =>
  achievement('three', {
    criteria: { type: 'count', event: 'build.succeeded', threshold: 3 },
    xp_reward: 10,
    on_retract: 'revoke',
    ...more,
  });
const builds = (...sequences: number[]) => sequences.map((sequence) => makeEvent({ sequence }));

function folded(catalogue: Catalogue, events: readonly EngineEvent[], state = emptyState()): UserState {
  for (const event of events) fold(catalogue, state, event);
  return state;
}

/** Takes one of the events back, which were all that the user did. */
function retracted(
  catalogue: Catalogue,
  state: UserState,
  of: { events: readonly EngineEvent[]; eventId: string; granted?: readonly UnlockKey[]; paid?: number; cause?: string },
): Effects {
  const type = of.events.find(({ eventId }) => eventId === of.eventId)?.type ?? '';
  const slugs = slugsConcernedBy(catalogue, type);
  const versions = slugs.flatMap((slug) => catalogue.rules.get(slug)?.published ?? []).map((published) => [published]);
  const history = new RetractedHistory(catalogue, versions);
  for (const event of of.events) history.fold(event, { isRetracted: event.eventId === of.eventId });
  return retract(catalogue, state, {
    ...{ slugs, history, event: { eventId: of.eventId, type }, at: SUNDAY, cause: of.cause ?? 'c1', reason: 'a mistake' },
    isGranted: ({ slug }) => of.granted?.some((key) => key.slug === slug) ?? false,
    paidBy: () => of.paid ?? 0,
  });
}

test('an unlock that needs the event is revoked with its XP, and so is what was measured from it', () => {
  const catalogue = makeCatalogue({
    achievements: [
      three(),
      achievement('all', { criteria: { type: 'achievements', slugs: ['three'] }, xp_reward: 5, on_retract: 'revoke' }),
      achievement('rich', { criteria: { type: 'xp', threshold: 15 }, on_retract: 'revoke' }),
    ],
  });
  const events = builds(1, 2, 3);
  const state = folded(catalogue, events);
  expect(state.xp).toBe(15);
  const effects = retracted(catalogue, state, { events, eventId: 'e2' });
  expect(effects.revocations.map(({ slug, reason, xpReward }) => ({ slug, reason, xpReward }))).toEqual([
    { slug: 'three', reason: 'a mistake', xpReward: 10 },
    { slug: 'all', reason: 'a mistake', xpReward: 5 },
    { slug: 'rich', reason: 'a mistake', xpReward: 0 },
  ]);
  expect(effects.xp.map(({ amount, reason }) => ({ amount, reason }))).toEqual([
    { amount: -10, reason: 'revocation' },
    { amount: -5, reason: 'revocation' },
  ]);
  expect(state.xp).toBe(0);
});

test('what is kept by its definition stays, and its counts are those without the event', () => {
  const catalogue = makeCatalogue({
    achievements: [three({ on_retract: 'keep' }), achievement('five', { criteria: { type: 'count', event: 'build.*', threshold: 5 } })],
  });
  const events = builds(1, 2, 3);
  const state = folded(catalogue, events);
  const effects = retracted(catalogue, state, { events, eventId: 'e1' });
  expect([effects.revocations, effects.xp, state.xp]).toEqual([[], [], 10]);
  expect(state.achievements.get('five')?.lifetime?.measure()).toBe(2);
});

test('what was revoked with an event unlocks again by another, under its own entries of the ledger', () => {
  const catalogue = makeCatalogue({ achievements: [three()] });
  const events = builds(1, 2, 3);
  const state = folded(catalogue, events);
  const first = retracted(catalogue, state, { events, eventId: 'e3' });
  const restored = decodeState(encodeState(state));
  const again = fold(catalogue, restored, makeEvent({ sequence: 4 }));
  expect(again.unlocks).toMatchObject([{ causedBy: 'e4', restored: true, xpReward: 10 }]);
  const left = [...builds(1, 2), ...builds(4)];
  const second = retracted(catalogue, restored, { events: left, eventId: 'e4', cause: 'c2' });
  expect(second.revocations).toHaveLength(1);
  const keys = [...first.xp, ...again.xp, ...second.xp].map(({ entryKey }) => entryKey);
  expect(new Set(keys).size).toBe(3);
  expect(restored.xp).toBe(0);
});

test('what is reached without the event as well is not touched', () => {
  const catalogue = makeCatalogue({ achievements: [three()] });
  const events = builds(1, 2, 3, 4);
  const state = folded(catalogue, events);
  expect(retracted(catalogue, state, { events, eventId: 'e1' }).revocations).toEqual([]);
  expect(state.xp).toBe(10);
});

test('what a person gave stays, and so does what the event is not the reason of', () => {
  const catalogue = makeCatalogue({ achievements: [three()] });
  const events = builds(1, 2, 3);
  const state = folded(catalogue, builds(1, 2));
  grant(catalogue, state, { slug: 'three', level: null, period: null, at: SUNDAY, cause: 'by-hand', reason: 'well done' });
  folded(catalogue, builds(3), state);
  const granted = [{ slug: 'three', level: null, period: null }];
  expect(retracted(catalogue, state, { events, eventId: 'e3', granted }).revocations).toEqual([]);
  expect(state.xp).toBe(10);
});

test('levels and multiples go one by one', () => {
  const levels = [
    { name: 'bronze', threshold: 1, xp_reward: 1 },
    { name: 'silver', threshold: 2, xp_reward: 2 },
  ];
  const catalogue = makeCatalogue({
    achievements: [
      achievement('tiers', { criteria: { type: 'count', event: 'build.succeeded' }, levels, on_retract: 'revoke' }),
      achievement('each', {
        criteria: { type: 'count', event: 'build.succeeded', threshold: 1 },
        repeat: 'every_threshold',
        xp_reward: 3,
        on_retract: 'revoke',
      }),
    ],
  });
  const events = builds(1, 2);
  const state = folded(catalogue, events);
  const { revocations } = retracted(catalogue, state, { events, eventId: 'e1' });
  expect(revocations.map(({ slug, level, period }) => [slug, level, period])).toEqual([
    ['each', null, '#2'],
    ['tiers', 'silver', null],
  ]);
  const again = fold(catalogue, state, makeEvent({ sequence: 3 }));
  expect(again.unlocks.map(({ definition, restored }) => [definition.slug, restored])).toEqual([
    ['each', true],
    ['tiers', true],
  ]);
});

test('a rule takes back exactly what it paid, where it says so', () => {
  const rules = (on_retract: string) =>
    makeCatalogue({ achievements: [], xp_rules: [{ id: 'r', event: 'build.succeeded', amount: 5, on_retract }] });
  for (const [policy, left] of [
    ['revoke', 5],
    ['keep', 10],
  ] as const) {
    const catalogue = rules(policy);
    const events = builds(1, 2);
    const state = folded(catalogue, events);
    retracted(catalogue, state, { events, eventId: 'e1', paid: 5 });
    expect(state.xp).toBe(left);
  }
});

test('a choice that is retracted was never made: what it kept from counting counts', () => {
  const catalogue = makeCatalogue({ achievements: [three({ category: 'health' })] });
  const events = [makeEvent({ sequence: 1, type: 'privacy.opted_out' }), ...builds(2, 3, 4)];
  const state = folded(catalogue, events);
  expect(state.xp).toBe(0);
  const { unlocks } = retracted(catalogue, state, { events, eventId: 'e1' });
  expect(unlocks).toMatchObject([{ causedBy: 'e4', backfilled: true, evidence: ['e2', 'e3', 'e4'] }]);
  expect(state.xp).toBe(10);
});

test('a version that began anew counts nothing from before, and one that goes on keeps what the version before it counted', () => {
  const first = makeCatalogue({
    achievements: [achievement('a', { criteria: { type: 'count', event: 'build.succeeded', threshold: 9 } })],
  });
  const second = makeCatalogue(
    { achievements: [achievement('a', { criteria: { type: 'count', event: 'deploy.done', threshold: 9 }, on_publish: 'continue' })] },
    { onto: first, sequence: 2 },
  );
  const events = [...builds(1, 2), makeEvent({ sequence: 3, type: 'deploy.done' }), makeEvent({ sequence: 4 })];
  const chain = [first, second].map((catalogue) => catalogue.definitions.get('a')).filter((found) => found !== undefined);
  const going = new RetractedHistory(second, [chain]);
  for (const event of events) going.fold(event, { isRetracted: event.eventId === 'e1' });
  expect(going.with.achievements.get('a')?.lifetime?.measure()).toBe(3);
  expect(going.without.achievements.get('a')?.lifetime?.measure()).toBe(2);

  const restarted = chain.slice(1).map((version) => ({ ...version, definition: { ...version.definition, onPublish: 'restart' as const } }));
  const anew = new RetractedHistory(second, [restarted]);
  for (const event of events) anew.fold(event, { isRetracted: false });
  expect(anew.with.achievements.get('a')?.lifetime?.measure()).toBe(1);
});

test('what comes after a retracted opt-out counts on from what came before it, though nothing had counted yet', () => {
  const catalogue = makeCatalogue({ achievements: [three()] });
  const events = [makeEvent({ sequence: 1, type: 'privacy.opted_out' }), ...builds(2, 3)];
  const state = folded(catalogue, events);
  retracted(catalogue, state, { events, eventId: 'e1' });
  expect(fold(catalogue, state, makeEvent({ sequence: 4 })).unlocks).toMatchObject([{ definition: { slug: 'three' }, value: 3 }]);
});
