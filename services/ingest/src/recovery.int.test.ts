import { randomUUID } from 'node:crypto';
import { ensureStreams } from '@cairn/runtime';
import { eventually, type FreshDatabase, type FreshNats, freshDatabase, freshNats } from '@cairn/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { migratedDatabase, TestIngest } from './testing/TestIngest.js';

const TYPE = 'build.succeeded';
const event = (said: Record<string, unknown> = {}) => ({
  event_id: randomUUID(),
  type: TYPE,
  actor: { user_id: 'ada' },
  occurred_at: '2026-04-12T10:15:00Z',
  ...said,
});

describe('ingest and its servers', () => {
  let nats: FreshNats;
  let database: FreshDatabase;
  const running: TestIngest[] = [];

  beforeEach(async () => {
    [nats, database] = await Promise.all([freshNats(), freshDatabase(migratedDatabase)]);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((ingest) => ingest.stop()));
    await Promise.all([nats.drop(), database.drop()]);
  });

  const start = async (options?: Parameters<typeof TestIngest.start>[1]): Promise<TestIngest> => {
    const ingest = await TestIngest.start({ natsUrl: nats.url, databaseUrl: database.url }, options);
    running.push(ingest);
    return ingest;
  };
  const ownServer = ({ skip }: TestContext) => nats.server ?? skip('the NATS server is not ours to kill');

  // proves: duplicate-changes-nothing
  it('a fresh process finds duplicates and conflicts in Postgres', async () => {
    const first = await start();
    const source = { ref: randomUUID() };
    const [byId, byKey, byRef] = [event(), event({ idempotency_key: randomUUID() }), event({ source })];
    const { body } = await first.post([byId, byKey, byRef]);
    await first.evaluate(await first.logged());
    await first.stop();
    running.splice(0);

    const second = await start();
    const again = await second.post([byId, { ...byKey, event_id: randomUUID() }, event({ source }), { ...byId, properties: { n: 1 } }]);
    expect(again.body.results).toMatchObject([
      { status: 'duplicate', event_id: byId.event_id, sequence: body.results?.[0]?.sequence },
      { status: 'duplicate', event_id: byKey.event_id, sequence: body.results?.[1]?.sequence },
      { status: 'duplicate', event_id: byRef.event_id, sequence: body.results?.[2]?.sequence },
      { status: 'conflict' },
    ]);
    const single = await second.post(byId);
    expect([single.status, single.body]).toEqual([
      202,
      { event_id: byId.event_id, status: 'duplicate', sequence: body.results?.[0]?.sequence },
    ]);
    expect(await second.logged()).toHaveLength(3);
  });

  it('answers 503 while NATS is away, and takes the same event once it is back', async (context) => {
    const server = ownServer(context);
    const ingest = await start({ limits: { publishMsMax: 500 } });
    await server.kill();
    const sent = event();
    const { status, headers, body } = await ingest.post(sent);
    expect([status, body.code, headers.get('Retry-After')]).toEqual([503, 'unavailable', '1']);
    expect((await fetch(`${ingest.url}/readyz`)).status).toBe(503);
    const inBatch = await ingest.post([event(), event()]);
    expect([inBatch.status, inBatch.body.code]).toEqual([503, 'unavailable']);

    await server.restart();
    await eventually(async () => expect((await ingest.post(sent)).status).toBe(202), { timeoutMs: 20_000 });
    expect((await ingest.post(sent)).body).toMatchObject({ status: 'duplicate', event_id: sent.event_id });
    expect((await fetch(`${ingest.url}/readyz`)).status).toBe(200);
  });

  it('lets a request wait through a restart of NATS that is short', async (context) => {
    const server = ownServer(context);
    const ingest = await start();
    await server.kill();
    const sent = event();
    const posting = ingest.post(sent);
    await server.restart();
    expect((await posting).body).toMatchObject({ status: 'accepted' });
    expect((await ingest.logged()).map(({ eventId }) => eventId)).toEqual([sent.event_id]);
  });

  // proves: full-log-shows
  it('is not ready while the stream of the log takes nothing, though the server answers, and is once it does', async () => {
    const ingest = await start({ limits: { publishMsMax: 500 } });
    expect((await ingest.post(event())).status).toBe(202);
    const readyz = async () => {
      const response = await fetch(`${ingest.url}/readyz`);
      const { checks } = (await response.json()) as { checks: Record<string, string> };
      return { status: response.status, checks };
    };
    const { streams } = await jetstreamManager(ingest.nats);
    await streams.update('CAIRN_LOG', { max_bytes: 100, discard: 'new' });
    expect((await ingest.post(event())).status).toBe(503);
    const full = await readyz();
    expect([full.status, full.checks.jetstream]).toEqual([
      503,
      expect.stringMatching(/takes nothing \(maximum bytes exceeded\): .*restart/),
    ]);
    await streams.update('CAIRN_LOG', { max_bytes: -1 });
    expect((await readyz()).status).toBe(503);
    expect((await ingest.post(event())).status).toBe(202);
    expect((await readyz()).status).toBe(200);
  });

  it('is ready as soon as the log answers again, though nothing was written since an entry was given up', async () => {
    const ingest = await start({ limits: { publishMsMax: 300 } });
    await (await jetstreamManager(ingest.nats)).streams.delete('CAIRN_LOG');
    expect((await ingest.post(event())).status).toBe(503);
    expect((await fetch(`${ingest.url}/readyz`)).status).toBe(503);
    await ensureStreams(ingest.nats, { replicas: 1 });
    await eventually(async () => expect((await fetch(`${ingest.url}/readyz`)).status).toBe(200));
  });

  it('answers 503 where the log is not there', async () => {
    const ingest = await start({ limits: { publishMsMax: 300 } });
    const manager = await jetstreamManager(ingest.nats);
    await manager.streams.delete('CAIRN_LOG');
    const { status, body } = await ingest.post(event());
    expect([status, body.code]).toEqual([503, 'unavailable']);
  });

  it('answers 503 while Postgres is away', async () => {
    const ingest = await start();
    await ingest.post(event());
    await database.drop();
    const { status, body, headers } = await ingest.post(event());
    expect([status, body.code, headers.get('Retry-After')]).toEqual([503, 'unavailable', '1']);
    expect(await ingest.logged()).toHaveLength(1);
  });

  it('refuses with 429 what comes on top of what already waits, and takes it afterwards', async (context) => {
    const server = ownServer(context);
    const ingest = await start({ limits: { waitingEventsMax: 10 } });
    await server.kill();
    const first = ingest.post(Array.from({ length: 10 }, () => event()));
    const sent = event();
    await eventually(async () => {
      const { status, headers, body } = await ingest.post(sent);
      expect([status, body.code, headers.get('Retry-After')]).toEqual([429, 'overloaded', '1']);
    });
    await server.restart();
    expect((await first).status).toBe(200);
    expect((await ingest.post(sent)).body.status).toBe('accepted');
    expect(await ingest.logged()).toHaveLength(11);
  });

  // proves: durable-before-2xx
  it('loses nothing of what was acknowledged, though NATS is killed in the middle, over both doors', async (context) => {
    const server = ownServer(context);
    const ingest = await start();
    const acknowledged = new Set<string>();
    const overHttp = async (): Promise<void> => {
      for (let n = 0; n < 15; n++) {
        const batch = Array.from({ length: 20 }, (_, user) => event({ actor: { user_id: `user-${user}` } }));
        const { status } = await ingest.post(batch);
        if (status === 200) for (const { event_id: id } of batch) acknowledged.add(id);
      }
    };
    const overNats = async (): Promise<void> => {
      const publisher = (await jetstreamManager(ingest.nats)).jetstream();
      for (let n = 0; n < 300; n++) {
        const sent = event({ actor: { user_id: `user-${n % 20}` } });
        // As a producer does it: until it is acknowledged, under one message id.
        await eventually(() => publisher.publish(`events.${TYPE}`, JSON.stringify(sent), { msgID: sent.event_id, timeout: 500 }));
        acknowledged.add(sent.event_id);
      }
    };
    const restart = async (): Promise<void> => {
      await eventually(() => expect(acknowledged.size).toBeGreaterThan(100));
      await server.kill();
      await server.restart();
    };
    await Promise.all([overHttp(), overNats(), restart()]);
    await eventually(async () => expect(await ingest.backlog()).toBe(0), { timeoutMs: 60_000 });
    const logged = (await ingest.logged()).map(({ eventId }) => eventId);
    expect(acknowledged.size).toBeGreaterThanOrEqual(300);
    expect([...acknowledged].filter((id) => !logged.includes(id))).toEqual([]);
    expect(await ingest.deadLetters()).toEqual([]);
  });

  it('brings the consumer of an earlier version up to date, and goes on where it was', async () => {
    const first = await start();
    await (await jetstreamManager(first.nats)).consumers.update('EVENTS', 'ingest', { max_ack_pending: 7, description: 'old' });
    first.nats.publish(`events.${TYPE}`, JSON.stringify(event()));
    await eventually(async () => expect(await first.logged()).toHaveLength(1));
    await first.stop();
    running.splice(0);

    const second = await start();
    const { config } = await (await jetstreamManager(second.nats)).consumers.info('EVENTS', 'ingest');
    expect([config.max_ack_pending, config.description]).toEqual([10_000, 'The NATS door of Cairn']);
    second.nats.publish(`events.${TYPE}`, JSON.stringify(event()));
    await eventually(async () => expect(await second.logged()).toHaveLength(2));
    expect((await second.counted('nats')).accepted).toBe(1);
  });

  it('subscribes again when the consumer of its door was deleted', async () => {
    const ingest = await start();
    const manager = await jetstreamManager(ingest.nats);
    await manager.consumers.delete('EVENTS', 'ingest');
    const sent = event();
    ingest.nats.publish(`events.${TYPE}`, JSON.stringify(sent));
    await eventually(async () => expect((await ingest.logged()).map(({ eventId }) => eventId)).toEqual([sent.event_id]), {
      timeoutMs: 30_000,
    });
  });
});
