import { partitionOf } from '@cairn/contracts';
import { eventually } from '@cairn/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anEvent } from './testing/anEvent.js';
import { aCount, EvaluatorHarness, PARTITIONS } from './testing/EvaluatorHarness.js';

let harness: EvaluatorHarness;

beforeAll(async () => {
  harness = await EvaluatorHarness.open();
});
afterEach(async () => {
  await harness.reset();
});
afterAll(async () => {
  await harness.close();
});

const count = (table: string): Promise<number> => harness.count(table);
const events = (from: number, to: number, user = 'ada') =>
  Array.from({ length: to - from + 1 }, (_, i) => anEvent({ id: `${user}-${from + i}`, user }));

describe('the way of an event', () => {
  it('turns events into an unlock with XP and evidence, in the table and on the subject', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('three', 3, { message: 'You did {value} for {name}.' })]);
    for (const event of events(1, 4)) await harness.append([event]);
    await harness.evaluated();

    const [unlock] = await harness.published('events.achievement.unlocked', 1);
    expect(unlock).toMatchObject({
      tenant_id: 'default',
      user_id: 'ada',
      achievement: { slug: 'three', name: 'three', version: 1, rarity: 'common', category: 'test' },
      level: null,
      period: null,
      value: 3,
      threshold: 3,
      xp_reward: 10,
      xp_total: 10,
      unlocked_at: '2026-04-12T10:15:00Z',
      caused_by: 'ada-3',
      evidence: ['ada-1', 'ada-2', 'ada-3'],
      backfilled: false,
      message: 'You did 3 for three.',
    });
    expect(await harness.rows('SELECT slug, evidence FROM unlocks')).toEqual([{ slug: 'three', evidence: ['ada-1', 'ada-2', 'ada-3'] }]);
    expect(await harness.rows<{ amount: number }>('SELECT amount FROM xp_entries')).toHaveLength(1);
  });

  it('counts an event once that the log holds three times, within one entry and across entries', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('two', 2)]);
    const event = anEvent({ id: 'same' });
    await harness.append([event, event]);
    await harness.append([event]);
    await harness.evaluated();
    expect(await count('events')).toBe(1);
    expect(await count('unlocks')).toBe(0);
  });

  // proves: conflict-is-told
  it('sends the same id with another payload to the dead letters', async () => {
    await harness.startEvaluator('one');
    await harness.append([anEvent({ id: 'same', properties: { n: 1 } })]);
    await harness.append([anEvent({ id: 'same', properties: { n: 2 } })]);
    await harness.evaluated();
    expect(await count('events')).toBe(1);
    const manager = await jetstreamManager(harness.nats);
    await eventually(async () => {
      const letter = await manager.streams.getMessage('CAIRN_DLQ', { last_by_subj: 'dlq.idempotency_conflict' });
      expect(letter?.json<{ properties: unknown }>().properties).toEqual({ n: 2 });
      expect(letter?.header.get('Cairn-Error-Code')).toBe('idempotency_conflict');
    });
  });

  // proves: poison-is-stepped-over
  it('steps over an entry that is no Avro, and keeps its bytes in the dead letters', async () => {
    await harness.startEvaluator('one');
    const partition = partitionOf('default', 'ada', PARTITIONS);
    await harness.appendRaw(partition, Buffer.from('not avro'));
    await harness.append(events(1, 1));
    await harness.evaluated();
    expect(await count('events')).toBe(1);
    const manager = await jetstreamManager(harness.nats);
    await eventually(async () => {
      const letter = await manager.streams.getMessage('CAIRN_DLQ', { last_by_subj: 'dlq.undecodable_entry' });
      expect(Buffer.from(letter?.data ?? []).toString()).toBe('not avro');
    });
  });
});

describe('under failure', () => {
  it('goes on after a restart where it stopped, and finds duplicates that are in no memory', async () => {
    const first = await harness.startEvaluator('one');
    await harness.publishPack([aCount('four', 4)]);
    await harness.append(events(1, 2));
    await harness.evaluated();
    await harness.stopEvaluator(first);
    await harness.append(events(1, 3));
    await harness.startEvaluator('two');
    await harness.evaluated();
    expect(await count('events')).toBe(3);
    expect(await count('unlocks')).toBe(0);
    await harness.append(events(4, 4));
    await harness.evaluated();
    expect(await count('unlocks')).toBe(1);
  });

  it('shares the partitions between two, and takes over what one gives back', async () => {
    const first = await harness.startEvaluator('one');
    await harness.startEvaluator('two');
    await harness.append(Array.from({ length: 40 }, (_, i) => anEvent({ id: `e${i}`, user: `user-${i}` })));
    await harness.evaluated();
    await harness.stopEvaluator(first);
    await harness.append(Array.from({ length: 40 }, (_, i) => anEvent({ id: `f${i}`, user: `user-${i}` })));
    await harness.evaluated();
    expect(await count('events')).toBe(80);
    const owners = await harness.rows<{ owner: string }>('SELECT DISTINCT owner FROM partitions');
    expect(owners).toEqual([{ owner: 'two' }]);
  });

  // proves: one-writer-a-partition
  it('is fenced off when its epoch is over, and writes nothing more', async () => {
    await harness.startEvaluator('zombie');
    await harness.append(events(1, 1));
    await harness.evaluated();
    await harness.rows(`UPDATE partitions SET epoch = epoch + 1, owner = 'other', lease_until = now() + interval '1 hour'`);
    await harness.append(events(2, 2));
    const partition = partitionOf('default', 'ada', PARTITIONS);
    await eventually(async () => {
      const owned = await harness.rows<{ owner: string; last_seq: number }>(
        `SELECT owner, last_seq FROM partitions WHERE partition = ${partition}`,
      );
      expect(owned[0]?.owner).toBe('other');
    });
    expect(await count('events')).toBe(1);
  });

  // proves: state-repairs-itself
  it('repairs a state that lacks an unlock which the table holds, instead of paying twice', async () => {
    const evaluator = await harness.startEvaluator('one');
    await harness.publishPack([aCount('two', 2)]);
    await harness.append(events(1, 2));
    await harness.evaluated();
    await harness.stopEvaluator(evaluator);
    // As if the state had been lost and the events with it, but not the unlock.
    await harness.rows('DELETE FROM user_state');
    await harness.rows('DELETE FROM events');
    await harness.startEvaluator('two');
    await harness.append(events(1, 2));
    await harness.append(events(3, 3));
    await harness.evaluated();
    expect(await count('unlocks')).toBe(1);
    expect(await count('xp_entries')).toBe(1);
    expect(await count('events')).toBe(3);
  });

  it('survives a restart of the nats-server', async () => {
    const { server } = harness.servers.nats;
    if (server === null) return;
    await harness.startEvaluator('one');
    await harness.append(events(1, 5));
    await harness.evaluated();
    await server.restart();
    await harness.append(events(6, 9));
    await harness.evaluated();
    expect(await count('events')).toBe(9);
  });
});

describe('control entries', () => {
  // proves: new-version-takes-nothing
  it('recounts a new achievement over the history, marks what it unlocks, and awards nothing twice', async () => {
    await harness.startEvaluator('one');
    await harness.append(events(1, 3));
    await harness.append(events(1, 2, 'bob'));
    await harness.append(events(2, 2));
    await harness.publishPack([aCount('three', 3)]);
    await harness.evaluated();
    const [unlock] = await harness.published('events.achievement.unlocked', 1);
    expect(unlock).toMatchObject({ user_id: 'ada', backfilled: true, caused_by: 'ada-3', evidence: ['ada-1', 'ada-2', 'ada-3'] });
    await harness.append(events(3, 3, 'bob'));
    await harness.evaluated();
    const unlocks = await harness.rows(
      'SELECT u.user_id, k.backfilled FROM unlocks k JOIN users u USING (tenant_key, user_key) ORDER BY k.log_seq',
    );
    expect(unlocks).toEqual([
      { user_id: 'ada', backfilled: true },
      { user_id: 'bob', backfilled: false },
    ]);
  });

  it('grants by hand, revokes by hand with a compensating entry, and says both', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('never', 1_000)]);
    const target = { userId: 'ada', slug: 'never', level: null, period: null, reason: 'well done' };
    await harness.appendControl({ kind: 'unlock_granted', ...target });
    await harness.appendControl({ kind: 'unlock_granted', ...target });
    await harness.evaluated();
    expect(await count('unlocks')).toBe(1);
    await harness.appendControl({ kind: 'unlock_revoked', ...target, reason: 'by mistake' });
    await harness.evaluated();
    const [revoked] = await harness.published('events.achievement.revoked', 1);
    expect(revoked).toMatchObject({ user_id: 'ada', achievement: { slug: 'never' }, xp_reward: 10, xp_total: 0, reason: 'by mistake' });
    const entries = await harness.rows<{ amount: string }>('SELECT amount::text FROM xp_entries ORDER BY log_seq');
    expect(entries.map(({ amount }) => amount)).toEqual(['10', '-10']);
    expect(await harness.rows('SELECT revoked_reason FROM unlocks')).toEqual([{ revoked_reason: 'by mistake' }]);
  });

  it('writes no state for somebody who is unknown, from whom nothing could be taken', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('two', 2)]);
    await harness.appendControl({ kind: 'unlock_revoked', userId: 'nobody', slug: 'two', level: null, period: null, reason: 'by mistake' });
    await harness.evaluated();
    expect(await harness.count('user_state')).toBe(0);
  });

  it('says again that an unlock is held which was revoked and is granted once more', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('seldom', 1_000)]);
    const target = { userId: 'ada', slug: 'seldom', level: null, period: null, reason: 'well done' };
    await harness.appendControl({ kind: 'unlock_granted', ...target });
    await harness.appendControl({ kind: 'unlock_revoked', ...target });
    await harness.appendControl({ kind: 'unlock_granted', ...target });
    await harness.evaluated();
    const [first, again] = await harness.published('events.achievement.unlocked', 2);
    expect(again?.unlock_id).toBe(first?.unlock_id);
    expect(first?.message).toBe('You were given seldom.');
    expect(await harness.rows('SELECT revoked_at FROM unlocks')).toEqual([{ revoked_at: null }]);
  });

  it('puts a pack that does not hold into the dead letters and goes on', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([{ slug: 'broken' }]);
    await harness.append(events(1, 1));
    await harness.evaluated();
    expect(await count('events')).toBe(1);
    expect(await count('achievement_versions')).toBe(0);
  });
});
