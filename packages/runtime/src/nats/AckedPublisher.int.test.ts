import { type FreshNats, freshNats } from '@cairn/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../createLogger.js';
import { AckedPublisher } from './AckedPublisher.js';
import { connectNats } from './connectNats.js';

const log = createLogger({ name: 'test', level: 'silent', pretty: 'off' });
let server: FreshNats;
let nats: NatsConnection;

beforeAll(async () => {
  server = await freshNats();
  nats = await connectNats({ url: server.url, name: 'cairn-test', log });
  await (await jetstreamManager(nats)).streams.add({ name: 'THINGS', subjects: ['things.>'], allow_msg_ttl: true, max_msg_size: 2_000 });
});
afterAll(async () => {
  await nats.close();
  await server.drop();
});

it('tells of each message where it stands, however many are under way', async () => {
  const publisher = new AckedPublisher(nats);
  const acks = await Promise.all(Array.from({ length: 200 }, (_, i) => publisher.publish(`things.${i % 3}`, `n${i}`)));
  const first = acks[0]?.seq ?? 0;
  expect(acks).toEqual(acks.map((_, i) => ({ stream: 'THINGS', seq: first + i, duplicate: false })));
  const stored = await (await jetstreamManager(nats)).streams.getMessage('THINGS', { seq: first + 150 });
  expect(stored?.string()).toBe('n150');
});

it('says of a message id that came before that it did', async () => {
  const publisher = new AckedPublisher(nats);
  const once = await publisher.publish('things.once', 'x', { msgID: 'same' });
  expect(await publisher.publish('things.once', 'x', { msgID: 'same' })).toEqual({ ...once, duplicate: true });
});

it('sends a message’s headers and its time to live', async () => {
  const ack = await new AckedPublisher(nats).publish('things.short', 'x', { msgID: 'short', ttl: '60s' });
  const stored = await (await jetstreamManager(nats)).streams.getMessage('THINGS', { seq: ack.seq });
  expect(stored?.header.get('Nats-TTL')).toBe('60s');
  expect(stored?.header.get('Nats-Msg-Id')).toBe('short');
});

it('rejects with what the stream refused', async () => {
  const publisher = new AckedPublisher(nats);
  await expect(publisher.publish('things.a', 'x', { expect: { streamName: 'OTHER' } })).rejects.toMatchObject({ status: 400 });
  await expect(publisher.publish('things.a', 'x'.repeat(3_000))).rejects.toMatchObject({ name: 'JetStreamApiError' });
});

it('rejects at once where no stream listens', async () => {
  await expect(new AckedPublisher(nats).publish('nothing.here', 'x')).rejects.toMatchObject({ name: 'NoResponders' });
});

it('rejects what is not answered in time, and forgets the answer that comes late', async () => {
  const answers: (() => void)[] = [];
  const silent = nats.subscribe('slow.things', {
    callback: (_, message) => {
      answers.push(() => message.respond(JSON.stringify({ stream: 'SLOW', seq: 1 })));
    },
  });
  const publisher = new AckedPublisher(nats);
  await expect(publisher.publish('slow.things', 'x', { timeout: 1 })).rejects.toMatchObject({ name: 'TimeoutError' });
  for (const answer of answers) answer();
  await nats.flush();
  expect((await publisher.publish('things.after', 'x')).stream).toBe('THINGS');
  silent.unsubscribe();
});

it('rejects what is under way when the connection is closed, and what comes after', async () => {
  const closing = await connectNats({ url: server.url, name: 'cairn-test', log });
  nats.subscribe('slow.too', { callback: () => undefined });
  await nats.flush();
  const publisher = new AckedPublisher(closing);
  const underWay = publisher.publish('slow.too', 'x');
  const settled = Promise.allSettled([underWay]);
  await closing.close();
  expect(await settled).toMatchObject([{ status: 'rejected', reason: { name: 'ClosedConnectionError' } }]);
  await expect(publisher.publish('things.a', 'x')).rejects.toMatchObject({ name: 'ClosedConnectionError' });
});
