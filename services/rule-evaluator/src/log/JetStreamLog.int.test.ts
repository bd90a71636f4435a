import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net';
import { connectNats, createLogger, ensureStreams } from '@cairn/runtime';
import { eventually, type FreshNats, freshNats } from '@cairn/testing';
import { AckPolicy, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogReader } from './EvaluationLog.js';
import { JetStreamLog } from './JetStreamLog.js';
import { JetStreamReader } from './JetStreamReader.js';

const logger = createLogger({ name: 'test', level: 'silent', pretty: 'off' });
const { signal } = new AbortController();

let nats: FreshNats;
let connection: NatsConnection;
let manager: JetStreamManager;
let log: JetStreamLog;

const connect = (url = nats.url) => connectNats({ url, name: 'test', log: logger });

// A server for each test: one that has just deleted a stream may still be at it when the next is made under its name.
beforeEach(async () => {
  nats = await freshNats();
  connection = await connect();
  await ensureStreams(connection, { replicas: 1 });
  manager = await jetstreamManager(connection);
  log = await JetStreamLog.connect(connection);
});
afterEach(async () => {
  await connection.close();
  await nats.drop();
});

async function append(count: number, subject = 'log.0.default'): Promise<void> {
  const js = jetstream(connection);
  await Promise.all(Array.from({ length: count }, () => js.publish(subject, 'entry')));
}

async function read(reader: LogReader, count: number): Promise<number[]> {
  const sequences: number[] = [];
  while (sequences.length < count) {
    await reader.ready();
    for (let entry = reader.shift(); entry !== undefined; entry = reader.shift()) sequences.push(entry.sequence);
  }
  return sequences;
}

describe('a reader', () => {
  it('reads a partition and the control entries from behind a position on, in order', async () => {
    await append(3);
    await append(2, 'log.1.default');
    await append(1, 'log.control.default.pack_published');
    await append(2);
    const reader = await log.open({ partition: 0, epoch: 1, after: 2, signal });
    expect(await read(reader, 4)).toEqual([3, 6, 7, 8]);
    await reader.close();
  });

  it('begins again under the same epoch from another position', async () => {
    await append(5);
    const first = await log.open({ partition: 0, epoch: 1, after: 0, signal });
    await read(first, 5);
    const second = await log.open({ partition: 0, epoch: 1, after: 3, signal });
    expect(await read(second, 2)).toEqual([4, 5]);
    await expect(first.ready()).rejects.toMatchObject({ code: 'reader_broken' });
    await second.close();
  });

  it('leaves the consumer of a later owner alone', async () => {
    await append(1);
    const later = await log.open({ partition: 0, epoch: 9, after: 0, signal });
    const earlier = await log.open({ partition: 0, epoch: 8, after: 0, signal });
    await append(1);
    expect(await read(later, 2)).toEqual([1, 2]);
    await later.close();
    await earlier.close();
  });

  it('breaks when its consumer is deleted', async () => {
    await append(1);
    const reader = await log.open({ partition: 0, epoch: 1, after: 0, signal });
    await read(reader, 1);
    const waiting = expect(reader.ready()).rejects.toMatchObject({ code: 'reader_broken' });
    await manager.consumers.delete('CAIRN_LOG', 'rule-evaluator-0-1');
    await waiting;
    await reader.close();
  });

  it('goes on when all acknowledgements of a full window were lost', async () => {
    await append(20);
    // As `open` makes it, but with a window and a patience that a test can wait for.
    await manager.consumers.add('CAIRN_LOG', {
      durable_name: 'small',
      ack_policy: AckPolicy.All,
      ack_wait: nanos(500),
      max_ack_pending: 10,
    });
    const lossy = await loseFirstAcknowledgement(new URL(nats.url));
    const own = await connect(lossy.url);
    const reader = new JetStreamReader('small', 0);
    await reader.start(jetstream(own));
    expect(await read(reader, 10)).toHaveLength(10);
    reader.acknowledge(10);
    expect(await read(reader, 10)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(lossy.lost).toBeGreaterThan(0);
    await reader.close();
    await own.close();
    lossy.close();
  });
});

describe('opening', () => {
  it('refuses a log that ends before the position', async () => {
    await append(3);
    const opening = log.open({ partition: 0, epoch: 1, after: 4, signal });
    await expect(opening).rejects.toMatchObject({ code: 'log_behind' });
  });

  it('ends when it is told to stop while there is no connection', async ({ skip }) => {
    const { server } = nats;
    if (server === null) return skip('the server is not ours to kill');
    const reader = await log.open({ partition: 0, epoch: 1, after: 0, signal });
    await server.kill();
    await expect(reader.ready()).rejects.toMatchObject({ code: 'reader_broken' });
    const stopping = new AbortController();
    const opening = log.open({ partition: 0, epoch: 1, after: 0, signal: stopping.signal });
    stopping.abort();
    await expect(opening).rejects.toMatchObject({ code: 'reader_broken' });
    await server.restart();
    await eventually(() => connection.rtt());
  });
});

describe('the history', () => {
  const of = { partition: 0, tenantId: 'default', before: 1_000_000, signal };

  it('is what one tenant has in one partition before a sequence', async () => {
    expect(await collect(log.history({ ...of, before: 5 }))).toEqual([]);
    await append(2);
    await append(1, 'log.0.acme');
    await append(3);
    expect(await collect(log.history({ ...of, before: 6 }))).toEqual([1, 2, 4, 5]);
    expect(await collect(log.history(of))).toEqual([1, 2, 4, 5, 6]);
  });

  it('does not pass for complete when the connection is closed in its middle', async () => {
    await append(500);
    const own = await connect();
    const read = collect((await JetStreamLog.connect(own)).history(of), async (count) => {
      if (count === 1) await own.close();
    });
    await expect(read).rejects.toThrow();
  });

  it('ends when it is told to stop', async () => {
    await append(500);
    const stopping = new AbortController();
    const read = collect(log.history({ ...of, signal: stopping.signal }), async (count) => {
      if (count === 1) stopping.abort();
    });
    await expect(read).rejects.toMatchObject({ code: 'reader_broken' });
  });
});

async function collect(
  history: AsyncIterable<{ sequence: number }>,
  afterEach: (count: number) => Promise<void> = () => Promise.resolve(),
): Promise<number[]> {
  const sequences: number[] = [];
  for await (const { sequence } of history) {
    sequences.push(sequence);
    await afterEach(sequences.length);
  }
  return sequences;
}

/** A way to the server on which the first acknowledgement is lost. */
async function loseFirstAcknowledgement(to: URL) {
  const lossy = { url: '', lost: 0, close: () => server.close() };
  const server = createServer((client) => {
    const upstream = connectTcp(Number(to.port), to.hostname);
    upstream.pipe(client);
    client.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      const kept = text.replace(/PUB \$JS\.ACK\.\S+ \d+\r\n[^\r]*\r\n/, (acknowledgement) => (lossy.lost++ === 0 ? '' : acknowledgement));
      upstream.write(Buffer.from(kept, 'latin1'));
    });
    client.on('close', () => upstream.destroy());
    // Whichever side ends first, what the other one was still saying is lost with it.
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  lossy.url = `nats://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return lossy;
}
