import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerExit } from './serverProcess.js';
import { type NatsServer, type NatsServerOptions, startNatsServer } from './startNatsServer.js';

let parent: string;
let dataDir: string;
const started: NatsServer[] = [];

beforeEach(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), 'cairn-nats-')));
  dataDir = join(parent, 'nats "1"');
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  await rm(parent, { recursive: true, force: true });
});

async function start(options: Partial<NatsServerOptions> = {}): Promise<NatsServer> {
  const server = await startNatsServer({ dataDir, log: () => undefined, ...options });
  started.push(server);
  return server;
}

async function connected<T>(url: string, action: (connection: NatsConnection) => Promise<T>): Promise<T> {
  const connection = await connect({ servers: url, reconnect: false });
  try {
    return await action(connection);
  } finally {
    await connection.close();
  }
}

function publish(url: string, body: string): Promise<void> {
  return connected(url, async (connection) => {
    await (await jetstreamManager(connection)).streams.add({ name: 'S', subjects: ['s'] });
    await jetstream(connection).publish('s', body);
  });
}

function stored(url: string): Promise<string | undefined> {
  return connected(url, async (connection) => {
    const message = await (await jetstreamManager(connection)).streams.getMessage('S', { last_by_subj: 's' });
    return message?.string();
  });
}

describe('startNatsServer', () => {
  it('serves JetStream with large messages, on the loopback interface alone', async () => {
    const { url, port, version } = await start();
    const info = await connected(url, (connection) => Promise.resolve(connection.info));
    expect(info).toMatchObject({ version, jetstream: true, max_payload: 8 * 1024 * 1024 });
    const outside = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4');
    if (outside !== undefined)
      await expect(connect({ servers: `nats://${outside.address}:${port}`, reconnect: false, timeout: 2_000 })).rejects.toThrow();
  });

  it('keeps port and data over a restart, a kill, and a stop and a new start', async () => {
    const first = await start();
    const before = first.pid;
    await publish(first.url, 'kept');
    await first.restart();
    expect(first.pid).not.toBe(before);
    expect(await stored(first.url)).toBe('kept');
    await first.kill();
    await expect(connect({ servers: first.url, reconnect: false, timeout: 2_000 })).rejects.toThrow();
    await first.restart();
    expect(await stored(first.url)).toBe('kept');
    await first.stop();
    const second = await start();
    expect(second.port).toBe(first.port);
    expect(await stored(second.url)).toBe('kept');
  });

  it('takes the wanted port, and another when that is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const taken = typeof address === 'object' ? address!.port : 0;
    const server = await start({ port: taken });
    expect(server.port).not.toBe(taken);
    expect((await connected(server.url, (connection) => Promise.resolve(connection.info)))?.port).toBe(server.port);
    await server.stop();
    holder.close();
    await once(holder, 'close');
    expect((await start({ port: taken })).port).toBe(taken);
  });

  it('says that the port is gone when somebody takes it during a restart', async () => {
    const server = await start();
    await server.kill();
    const holder = createServer().listen(server.port, '127.0.0.1');
    await once(holder, 'listening');
    await expect(server.restart()).rejects.toMatchObject({ code: 'port_taken' });
    holder.close();
    await once(holder, 'close');
    await server.restart();
    await connected(server.url, (connection) => connection.flush());
  });

  it('refuses a second server on the same directory', async () => {
    const { url } = await start();
    await expect(startNatsServer({ dataDir, log: () => undefined })).rejects.toMatchObject({
      code: 'data_dir_in_use',
      message: expect.stringContaining(String(process.pid)) as string,
    });
    await connected(url, (connection) => connection.flush());
  });

  it('tells of an end that nobody asked for, and of no other', async () => {
    const exits: ServerExit[] = [];
    let surprised = (): void => undefined;
    const surprise = new Promise<void>((resolve) => {
      surprised = resolve;
    });
    const server = await start({
      onUnexpectedExit: (exit) => {
        exits.push(exit);
        surprised();
      },
    });
    await server.restart();
    await server.kill();
    await server.restart();
    expect(exits).toEqual([]);
    process.kill(server.pid, 'SIGKILL');
    await surprise;
    expect(exits).toEqual([{ code: null, signal: 'SIGKILL' }]);
    await server.restart();
    await connected(server.url, (connection) => connection.flush());
  });

  it('fails with what the server said, and leaves the directory free', async () => {
    await expect(startNatsServer({ dataDir, syncInterval: 'sometimes', log: () => undefined })).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringContaining('sync_interval') as string,
    });
    await start();
  });

  it.each(['/nowhere/nats-server', '/bin/true'])('says what to do when %s is no nats-server', async (binary) => {
    await expect(startNatsServer({ dataDir, binary, log: () => undefined })).rejects.toMatchObject({
      code: 'nats_server_missing',
      message: expect.stringContaining('CAIRN_NATS_SERVER_BIN') as string,
    });
  });

  it('cannot be restarted once it was stopped', async () => {
    const server = await start();
    await Promise.all([server.stop(), server.stop()]);
    await expect(server.restart()).rejects.toMatchObject({ code: 'stopped' });
  });
});
