import { partitionOf } from '@cairn/contracts';
import { jetstream } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiHarness, PARTITIONS } from '../../testing/ApiHarness.js';
import { buildEvent, TEST_PACK } from '../../testing/packs.js';

let harness: ApiHarness;

beforeAll(async () => {
  harness = await ApiHarness.open();
});

afterAll(async () => {
  await harness.close();
});

describe('status', () => {
  it('tells how far each partition is, and never that all is done while something waits', async () => {
    const { tenant, token } = await harness.newTenantWithPack();
    await harness.evaluated(token);
    await harness.folder.pause();
    const behind = await harness.append(tenant, [buildEvent('ann')]);
    const waiting = (await harness.get('/v1/status', token)).body;
    const partition = partitionOf(tenant, 'ann', PARTITIONS);
    expect(waiting).toMatchObject({
      log: { last_sequence: behind },
      dead_letters: 0,
      version: '1.2.3',
      nats_url: harness.servers.nats.url,
    });
    expect(waiting.lag).toBeGreaterThan(0);
    // However far back the position of its partition is: what lies between concerns others.
    expect(waiting.evaluated_sequence).toBe(behind - 1);
    expect(waiting.partitions).toHaveLength(PARTITIONS);
    expect(waiting.partitions[partition]).toMatchObject({ partition, last_sequence: behind, owner: 'log-folder' });
    expect(waiting.partitions[partition]?.lag).toBe(1);
    expect(waiting.partitions[(partition + 1) % PARTITIONS]?.lag).toBe(0);
    expect((await harness.get('/v1/unlocks', token)).body.items).toEqual([]);
    harness.folder.resume();
    await harness.evaluated(token);
    const done = (await harness.get('/v1/status', token)).body;
    expect(done).toMatchObject({ lag: 0, evaluated_sequence: behind });
    await jetstream(harness.nats).publish('events.somewhere.else', '{}');
    expect((await harness.get('/v1/status', token)).body.lag).toBe(1);
    await jetstream(harness.nats)
      .jetstreamManager()
      .then((manager) => manager.streams.purge('EVENTS'));
    await jetstream(harness.nats).publish('dlq.test', 'x');
    expect((await harness.get('/v1/status', token)).body).toMatchObject({ lag: 0, dead_letters: 1 });
  });

  it('counts in its lag what producers published, and nothing of what Cairn publishes to the same stream', async () => {
    const { token } = await harness.newTenantWithPack();
    await harness.evaluated(token);
    const js = jetstream(harness.nats);
    const lagOf = async (): Promise<number> => (await harness.get('/v1/status', token)).body.lag;
    const own = ['events.achievement.unlocked', 'events.realtime.achievement_unlocked.default.ann', 'events.achievement.revoked'];
    for (const subject of own) await js.publish(subject, '{}');
    expect(await lagOf()).toBe(0);
    await js.publish('events.somewhere.else', '{}');
    for (const subject of own) await js.publish(subject, '{}');
    expect(await lagOf()).toBe(1);
    await js.publish('events.achievements.other', '{}');
    expect(await lagOf()).toBe(2);
    const manager = await js.jetstreamManager();
    await manager.consumers.add('EVENTS', { durable_name: 'ingest', ack_policy: 'explicit', filter_subject: 'events.>' });
    expect(await lagOf()).toBe(2);
    const door = await js.consumers.get('EVENTS', 'ingest');
    for (const left of [2, 2, 2, 1, 1, 1, 1, 0]) {
      await (await door.next())?.ackAck();
      expect(await lagOf()).toBe(left);
    }
    await js.publish('events.somewhere.else', '{}');
    const { seq } = await js.publish('events.realtime.achievement_unlocked.default.ann', '{}');
    expect(await lagOf()).toBe(1);
    await (await door.next())?.ackAck();
    await manager.streams.deleteMessage('EVENTS', seq);
    expect(await lagOf()).toBe(0);
    await manager.consumers.delete('EVENTS', 'ingest');
    await manager.streams.purge('EVENTS');
    expect(await lagOf()).toBe(0);
  });

  it('shows that a publication waits when nobody evaluates', async () => {
    const slow = await ApiHarness.open({ inEffectMsMax: 50 });
    try {
      await slow.folder.pause();
      const token = await slow.token('slow');
      const first = await slow.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
      expect(first).toMatchObject({ status: 202, body: { changed: true, in_effect: false } });
      const second = await slow.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
      expect(second).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      expect((await slow.get('/v1/achievements', token)).body.items).toEqual([]);
    } finally {
      await slow.close();
    }
  });
});
