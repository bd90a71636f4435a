import type { CairnEvent, Unlock } from '@cairn/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anEvent } from './testing/anEvent.js';
import { aCount, EvaluatorHarness } from './testing/EvaluatorHarness.js';

let harness: EvaluatorHarness;

beforeAll(async () => {
  harness = await EvaluatorHarness.open();
});
afterAll(async () => {
  await harness.close();
});

const old = (n: number): CairnEvent => ({ ...anEvent({ id: `old-${n}`, team: 'red' }), backfill: true });

// proves: backfill-is-silent
it('unlocks by events that are told long after they happened as by all others, silently; and by a live event of the same user aloud', async () => {
  const told: Unlock[] = [];
  const live = harness.nats.subscribe('events.realtime.>', { callback: (_, message) => void told.push(message.json<Unlock>()) });
  await harness.startEvaluator('one');
  await harness.publishPack([
    aCount('two', 2),
    aCount('rich', 1, { criteria: { type: 'xp', threshold: 10 }, xp_reward: 0 }),
    aCount('three', 3),
    aCount('team-two', 2, { scope: 'team' }),
    aCount('team-three', 3, { scope: 'team' }),
  ]);
  await harness.append([old(1), old(2)]);
  await harness.evaluated();
  await harness.append([anEvent({ id: 'live', team: 'red' })]);
  await harness.evaluated();
  await harness.drained();

  const silent = { backfilled: true };
  const aloud = { backfilled: false, caused_by: 'live' };
  expect(await harness.rows('SELECT slug, backfilled, caused_by FROM unlocks ORDER BY slug')).toEqual([
    { slug: 'rich', caused_by: 'old-2', ...silent },
    { slug: 'team-three', ...aloud },
    { slug: 'team-two', caused_by: 'old-2', ...silent },
    { slug: 'three', ...aloud },
    { slug: 'two', caused_by: 'old-2', ...silent },
  ]);
  const published = await harness.published('events.achievement.unlocked', 5);
  expect(published.map(({ achievement, backfilled }) => [achievement.slug, backfilled]).sort()).toEqual([
    ['rich', true],
    ['team-three', false],
    ['team-two', true],
    ['three', false],
    ['two', true],
  ]);
  await harness.nats.flush();
  live.unsubscribe();
  expect(told.map(({ achievement }) => achievement.slug).sort()).toEqual(['team-three', 'three']);
});
