import { partitionOf } from '@cairn/contracts';
import { connectNats, createLogger } from '@cairn/runtime';
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

const silent = createLogger({ name: 'test', level: 'silent', pretty: 'off' });
const ada = partitionOf('default', 'ada', PARTITIONS);
const events = (from: number, to: number, user = 'ada') =>
  Array.from({ length: to - from + 1 }, (_, i) => anEvent({ id: `${user}-${from + i}`, user }));
const crowd = (name: string, users: number) => Array.from({ length: users }, (_, i) => anEvent({ id: `${name}-${i}`, user: `user-${i}` }));

describe('NATS', () => {
  it('is gone for good: stopping ends all the same', async ({ skip }) => {
    const { server } = harness.servers.nats;
    if (server === null) return skip('the server is not ours to kill');
    const evaluator = await harness.startEvaluator('one');
    await harness.append(events(1, 5));
    await harness.evaluated();
    await server.kill();
    await eventually(async () => {
      await expect(harness.nats.rtt()).rejects.toThrow();
    });
    await harness.stopEvaluator(evaluator);
    const leases = await harness.rows<{ owner: string | null }>('SELECT DISTINCT owner FROM partitions');
    expect(leases).toEqual([{ owner: null }]);
    await server.restart();
    await eventually(() => harness.nats.rtt());
  });

  it('closed the connection for good: stopping ends all the same', async () => {
    const nats = await connectNats({ url: harness.servers.nats.url, name: 'closed', log: silent });
    const evaluator = await harness.startEvaluator('one', { nats });
    await harness.append(events(1, 5));
    await harness.evaluated();
    await nats.close();
    await harness.stopEvaluator(evaluator);
  });

  it('loses the consumers: the partitions make new ones and go on', async () => {
    await harness.startEvaluator('one');
    await harness.append(events(1, 5));
    await harness.evaluated();
    const manager = await jetstreamManager(harness.nats);
    for await (const { name } of manager.consumers.list('CAIRN_LOG')) await manager.consumers.delete('CAIRN_LOG', name);
    await harness.append(events(6, 9));
    await harness.evaluated();
    expect(await harness.count('events')).toBe(9);
  });

  // proves: counted-exactly-once
  it('restarts between any two entries: nothing is lost, nothing counted twice', async ({ skip }) => {
    const { server } = harness.servers.nats;
    if (server === null) return skip('the server is not ours to restart');
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('many', 2)]);
    for (let round = 0; round < 2; round++) {
      await harness.append(crowd(`round-${round}`, 60));
      // Whatever the partitions are doing at this moment: reading, folding, committing, acknowledging, publishing.
      await server.restart();
      await eventually(() => harness.nats.rtt());
    }
    await harness.evaluated({ timeoutMs: 30_000 });
    expect(await harness.count('events')).toBe(120);
    expect(await harness.count('unlocks')).toBe(60);
    await eventually(async () => expect(await harness.count('outbox')).toBe(0), { timeoutMs: 30_000 });
    const unlocked = await harness.published('events.achievement.unlocked', 60);
    expect(new Set(unlocked.map(({ unlock_id }) => unlock_id)).size).toBe(60);
  });
});

describe('PostgreSQL', () => {
  // proves: counted-exactly-once
  it('cuts connections in the middle of commits: nothing is lost, nothing counted twice', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('ten', 10)]);
    let cut = 0;
    for (let round = 0; round < 10; round++) {
      await harness.append(crowd(`round-${round}`, 400));
      await harness.append(crowd(`round-${round}`, 40));
      cut += await harness.cutDatabaseConnections();
    }
    expect(cut).toBeGreaterThan(0);
    await harness.evaluated({ timeoutMs: 30_000 });
    expect(await harness.count('events')).toBe(4_000);
    expect(await harness.count('unlocks')).toBe(400);
    expect(await harness.rows('SELECT sum(amount)::int AS xp FROM xp_entries')).toEqual([{ xp: 4_000 }]);
  });

  it('takes no connections for a while, as in a restart: the partitions go on afterwards', async () => {
    await harness.startEvaluator('one');
    await harness.append(events(1, 3));
    await harness.evaluated();
    await harness.withDatabaseClosed(async () => {
      await harness.append(events(4, 6));
      await harness.append(crowd('meanwhile', 20));
    });
    await harness.evaluated();
    expect(await harness.count('events')).toBe(26);
  });

  it('keeps no connection of a partition that was lost to somebody else', async () => {
    await harness.startEvaluator('one');
    // Large enough for the partitions to commit over connections of their own.
    await harness.append(crowd('all', 4_000));
    const own = `application_name LIKE 'cairn-evaluator-%' AND application_name NOT IN ('cairn-evaluator-commits', 'cairn-evaluator-reads')`;
    const connections = `SELECT pid FROM pg_stat_activity WHERE ${own} AND datname = current_database()`;
    await harness.evaluated();
    expect((await harness.rows(connections)).length).toBeGreaterThan(0);
    await harness.rows(`UPDATE partitions SET epoch = epoch + 1, owner = 'other', lease_until = now() + interval '1 hour'`);
    await harness.append(crowd('more', 40));
    await eventually(async () => expect(await harness.rows(connections)).toEqual([]));
    expect(await harness.count('events')).toBe(4_000);
  });
});

describe('ownership', () => {
  it('gets a partition again whose position somebody moved', async () => {
    await harness.startEvaluator('one');
    await harness.append(events(1, 3));
    await harness.evaluated();
    // As a commit whose answer was lost would.
    await harness.rows(`UPDATE partitions SET last_seq = last_seq + 1 WHERE partition = ${ada}`);
    await harness.append(crowd('skipped', 40));
    await harness.append(events(4, 6));
    await harness.evaluated();
    expect(await harness.rows(`SELECT event_id FROM events WHERE event_id LIKE 'ada-%' ORDER BY event_id`)).toHaveLength(6);
  });
});

describe('the outbox', () => {
  // proves: published-at-least-once
  it('is swept clean of what a process that died left, however much, and oldest first', async () => {
    await harness.rows(`
      INSERT INTO outbox (partition, subject, msg_id, payload, created_at)
      SELECT 0, 'events.achievement.unlocked', 'left-' || n, convert_to('{"n":' || n || '}', 'UTF8'), now() - interval '1 minute'
        FROM generate_series(1, 2000) AS n`);
    await harness.startEvaluator('one');
    await eventually(async () => expect(await harness.count('outbox')).toBe(0), { timeoutMs: 12_000 });
    const manager = await jetstreamManager(harness.nats);
    const { state } = await manager.streams.info('EVENTS');
    expect(state.messages).toBe(2_000);
  });
});
