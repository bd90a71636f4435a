import { once } from 'node:events';
import { createServer } from 'node:net';
import { eventually, type FreshNats, freePort, freshNats } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../createLogger.js';
import { connectNats } from './connectNats.js';

const log = createLogger({ name: 'test', level: 'silent', pretty: 'off' });

describe('connectNats', () => {
  let nats: FreshNats;
  beforeAll(async () => {
    nats = await freshNats();
  });
  afterAll(() => nats.drop());

  it('connects, and says who it is', async () => {
    const connection = await connectNats({ url: nats.url, name: 'cairn-test', log });
    expect(await connection.rtt()).toBeGreaterThanOrEqual(0);
    await connection.close();
  });

  it('comes back after the server was killed', async ({ skip }) => {
    const { server } = nats;
    if (server === null) return skip('the server is not ours to kill');
    const connection = await connectNats({ url: nats.url, name: 'cairn-test', log });
    await server.kill();
    await expect(connection.rtt()).rejects.toThrow();
    await server.restart();
    await eventually(() => connection.rtt());
    await connection.close();
  });

  it('gives up with a clear error where no server answers', async () => {
    const port = await freePort();
    const connecting = connectNats({ url: `nats://127.0.0.1:${port}`, name: 'cairn-test', log, connectMsMax: 300 });
    await expect(connecting).rejects.toMatchObject({
      code: 'nats_unreachable',
      message: expect.stringContaining(`127.0.0.1:${port}`) as unknown,
    });
  });

  it('waits for a server that comes up late', async () => {
    const port = await freePort();
    const connecting = connectNats({ url: `nats://127.0.0.1:${port}`, name: 'cairn-test', log, connectMsMax: 10_000 });
    const server = await announceVersion('2.12.3', port);
    const connection = await connecting;
    await connection.close();
    server.close();
  });

  it.each(['2.10.29', '1.4.1'])('refuses a server of version %s', async (version) => {
    const port = await freePort();
    const server = await announceVersion(version, port);
    const connecting = connectNats({ url: `nats://127.0.0.1:${port}`, name: 'cairn-test', log });
    await expect(connecting).rejects.toMatchObject({ code: 'nats_too_old', message: expect.stringContaining(version) as unknown });
    server.close();
  });
});

/** The handshake of the NATS protocol, as a server of any version would do it. */
async function announceVersion(version: string, port: number) {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.write(
      `INFO ${JSON.stringify({ server_id: 'T', version, proto: 1, headers: true, max_payload: 1_048_576, host: '127.0.0.1', port })}\r\n`,
    );
    socket.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('PING')) socket.write('PONG\r\n');
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
