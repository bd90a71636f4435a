import { once } from 'node:events';
import { connect } from 'node:net';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { describe, expect, it } from 'vitest';
import { readBody } from './readBody.js';
import { startHttpServer } from './startHttpServer.js';

const LOCAL = { port: 0, host: '127.0.0.1' };

describe('startHttpServer', () => {
  it('answers, and reads bodies from the socket', async () => {
    const app = new Hono().post('/', async (context) => context.text(`${(await readBody(context, 1_000_000)).length}`));
    const server = await startHttpServer(app, LOCAL);
    const response = await fetch(server.url, { method: 'POST', body: 'x'.repeat(300_000) });
    expect(await response.text()).toBe('300000');
    await server.stop();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('refuses a body that turns out too long in the middle, and stays usable', async () => {
    const app = new Hono()
      .onError((error, context) => context.text(error.message, 413))
      .post('/', async (context) => context.text(`${(await readBody(context, 1_000)).length}`));
    const server = await startHttpServer(app, LOCAL);
    const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n');
    socket.write(`${'x'.repeat(2000)}\r\n`);
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
    expect(await (await fetch(server.url, { method: 'POST', body: 'abc' })).text()).toBe('3');
    await server.stop();
  });

  it('says that a port is in use', async () => {
    const first = await startHttpServer(new Hono(), LOCAL);
    const second = startHttpServer(new Hono(), { port: first.port, host: '127.0.0.1' });
    await expect(second).rejects.toMatchObject({ code: 'port_in_use' });
    await first.stop();
  });

  it('ends open event streams and lets other requests finish when it stops', async () => {
    const [aborted, asked] = [signal(), signal()];
    const app = new Hono()
      .get('/stream', (context) =>
        streamSSE(context, async (stream) => {
          stream.onAbort(aborted.raise);
          await stream.writeSSE({ data: 'hello' });
          await aborted.raised;
        }),
      )
      .get('/slow', async (context) => {
        asked.raise();
        await aborted.raised;
        return context.text('done');
      });
    const server = await startHttpServer(app, LOCAL);
    const stream = await fetch(`${server.url}/stream`);
    const reader = stream.body!.getReader();
    expect(Buffer.from((await reader.read()).value).toString()).toContain('hello');
    const slow = fetch(`${server.url}/slow`);
    await asked.raised;
    const stopping = server.stop();
    expect((await reader.read()).done).toBe(true);
    expect(await (await slow).text()).toBe('done');
    await stopping;
  });
});

function signal(): { raised: Promise<void>; raise(): void } {
  let raise: () => void = () => undefined;
  const raised = new Promise<void>((resolve) => {
    raise = resolve;
  });
  return { raised, raise };
}
