import { eventually, type FreshNats, freshNats } from '@cairn/testing';
import { type JetStreamManager, jetstream, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../createLogger.js';
import { connectNats } from './connectNats.js';
import { ensureStreams } from './ensureStreams.js';

const log = createLogger({ name: 'test', level: 'silent', pretty: 'off' });
const DAY_SECONDS = 24 * 60 * 60;

describe('ensureStreams', () => {
  let nats: FreshNats;
  let connection: NatsConnection;
  let manager: JetStreamManager;

  // A server for each test: one that has just deleted a stream may still be at it when the next is made under its name.
  beforeEach(async () => {
    nats = await freshNats();
    connection = await connectNats({ url: nats.url, name: 'cairn-test', log });
    manager = await jetstreamManager(connection);
  });
  afterEach(async () => {
    await connection.close();
    await nats.drop();
  });

  const configOf = async (name: string) => (await manager.streams.info(name)).config;

  // The server holds all of it in memory.
  it('remembers the dead letters of half an hour where it was a day', async () => {
    await manager.streams.add({ name: 'CAIRN_DLQ', subjects: ['dlq.>'], duplicate_window: nanos(DAY_SECONDS * 1000) });
    await ensureStreams(connection, { replicas: 1 });
    expect(await configOf('CAIRN_DLQ')).toMatchObject({ duplicate_window: nanos(30 * 60 * 1000) });
  });

  it('makes the three streams', async () => {
    await ensureStreams(connection, { replicas: 1 });
    expect(await configOf('EVENTS')).toMatchObject({
      subjects: ['events.>'],
      storage: 'file',
      retention: 'limits',
      discard: 'old',
      allow_msg_ttl: true,
      max_age: nanos(7 * DAY_SECONDS * 1000),
      duplicate_window: nanos(120_000),
    });
    expect(await configOf('CAIRN_LOG')).toMatchObject({
      subjects: ['log.>'],
      storage: 'file',
      max_age: 0,
      max_msgs: -1,
      max_bytes: -1,
      discard: 'new',
      deny_delete: false,
      allow_direct: true,
      max_msg_size: 8 * 1024 * 1024,
      duplicate_window: nanos(120_000),
    });
    expect(await configOf('CAIRN_DLQ')).toMatchObject({ subjects: ['dlq.>'], storage: 'file', max_age: 0, max_msgs: -1, discard: 'new' });
  });

  it('keeps one dead letter of a message that comes again long after its letter was written', async () => {
    await manager.streams.add({ name: 'CAIRN_DLQ', subjects: ['dlq.>'] });
    await ensureStreams(connection, { replicas: 1 });
    expect(await configOf('CAIRN_DLQ')).toMatchObject({ duplicate_window: nanos(30 * 60 * 1000) });
    const letter = () => jetstream(connection).publish('dlq.invalid_event', 'x', { msgID: 'EVENTS:7:1' });
    expect(await letter()).toMatchObject({ seq: 1, duplicate: false });
    // A restart of the server forgets nothing of that.
    await nats.server?.kill();
    await nats.server?.restart();
    await eventually(async () => expect(await letter()).toMatchObject({ seq: 1, duplicate: true }), { timeoutMs: 20_000 });
  });

  it('is done by many processes at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => ensureStreams(connection, { replicas: 1 })));
    expect((await manager.streams.list().next()).map(({ config }) => config.name).sort()).toEqual([
      'CAIRN_DLQ',
      'CAIRN_LOG',
      'CAIRN_REDACTED',
      'EVENTS',
    ]);
  });

  it('brings an older stream up to date, and leaves to the operator what is theirs', async () => {
    await manager.streams.add({ name: 'EVENTS', subjects: ['events.>'], max_age: nanos(DAY_SECONDS * 1000), description: 'ours' });
    await manager.streams.add({ name: 'CAIRN_LOG', subjects: ['log.>'], max_msgs: 1000 });
    await ensureStreams(connection, { replicas: 1 });
    expect(await configOf('EVENTS')).toMatchObject({ allow_msg_ttl: true, max_age: nanos(DAY_SECONDS * 1000), description: 'ours' });
    expect(await configOf('CAIRN_LOG')).toMatchObject({ max_msgs: -1, allow_direct: true });
    await ensureStreams(connection, { replicas: 1, eventsMaxAgeSeconds: 2 * DAY_SECONDS });
    expect(await configOf('EVENTS')).toMatchObject({ max_age: nanos(2 * DAY_SECONDS * 1000) });
  });

  it('changes nothing the second time', async () => {
    await ensureStreams(connection, { replicas: 1 });
    const updates: string[] = [];
    const watching = connection.subscribe('$JS.EVENT.ADVISORY.STREAM.>', { callback: (_, message) => void updates.push(message.subject) });
    await ensureStreams(connection, { replicas: 1 });
    await connection.flush();
    expect(updates.filter((subject) => subject.includes('UPDATED'))).toEqual([]);
    watching.unsubscribe();
  });

  it.each([
    ['retention', { name: 'EVENTS', subjects: ['events.>'], retention: RetentionPolicy.Workqueue }],
    ['storage', { name: 'CAIRN_LOG', subjects: ['log.>'], storage: StorageType.Memory }],
    ['subjects', { name: 'ORDERS', subjects: ['events.orders.>'] }],
  ])('refuses a stream of another %s, and says what to do', async (field, config) => {
    await manager.streams.add(config);
    await expect(ensureStreams(connection, { replicas: 1 })).rejects.toMatchObject({
      code: 'stream_incompatible',
      message: expect.stringMatching(new RegExp(`${field}.*nats stream ls`)) as unknown,
    });
    expect((await configOf(config.name)).subjects).toEqual(config.subjects);
  });
});
