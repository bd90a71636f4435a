import type { ServerResponse } from 'node:http';
import { type Answer, answerJson, type RemoteHost, startRemoteHost } from '@cairn/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from './client.js';
import type { StreamMessage } from './followStream.js';

const QUICK = { attemptsMax: 3, delayMsFirst: 1, delayMsMax: 2 };
const hosts: RemoteHost[] = [];

async function remote(answer: Answer): Promise<RemoteHost> {
  const host = await startRemoteHost(answer);
  hosts.push(host);
  return host;
}

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});

function open(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function unlock(id: number): string {
  return `id: ${id}\nevent: unlock\ndata: {"unlock_id":"u${id}"}\n\n`;
}

async function take(stream: AsyncGenerator<StreamMessage>, count: number): Promise<StreamMessage[]> {
  const messages: StreamMessage[] = [];
  for await (const message of stream) {
    messages.push(message);
    if (messages.length === count) break;
  }
  return messages;
}

describe('the live stream', () => {
  it('tells the kinds apart, and passes over what it does not know', async () => {
    const host = await remote((_request, response) => {
      open(response);
      response.write(
        `: alive\n\nevent: news\ndata: {}\n\n${unlock(1)}event: progress\ndata: {"slug":"s"}\n\nid: 2\nevent: revoke\ndata: {"unlock_id":"u1"}\n\n`,
      );
    });
    const messages = await take(createClient({ url: host.url }).streamUnlocks({ user: 'a b' }), 3);
    expect(messages).toEqual([
      { kind: 'unlock', id: '1', unlock: { unlock_id: 'u1' } },
      { kind: 'progress', id: null, progress: { slug: 's' } },
      { kind: 'revoke', id: '2', revocation: { unlock_id: 'u1' } },
    ]);
    expect(host.arrived[0]?.path).toBe('/v1/stream?user=a+b');
  });

  it('resumes behind the last message, over connections that break, end, and answer 503', async () => {
    let connections = 0;
    const host = await remote((request, response) => {
      connections++;
      const after = Number(request.headers['last-event-id'] ?? 0);
      if (connections === 2) {
        answerJson(response, 503, { code: 'unavailable' });
        return;
      }
      open(response);
      // Half a message, and then the connection is gone: it has to come again, whole.
      response.write(unlock(after + 1) + unlock(after + 2).slice(0, 20), () =>
        connections % 2 === 1 ? response.destroy() : response.end(),
      );
    });
    const messages = await take(createClient({ url: host.url, retry: QUICK }).streamUnlocks(), 3);
    expect(messages.map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(host.arrived.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '1', '1', '2']);
  });

  it('begins behind the message that it is given', async () => {
    const host = await remote((_request, response) => {
      open(response);
      response.write(unlock(42));
    });
    await take(createClient({ url: host.url }).streamUnlocks({ lastEventId: '41' }), 1);
    expect(host.arrived[0]?.headers['last-event-id']).toBe('41');
  });

  it('throws where it is refused', async () => {
    const host = await remote((_request, response) => answerJson(response, 401, { code: 'unauthorized', detail: 'no token' }));
    await expect(take(createClient({ url: host.url, retry: QUICK }).streamUnlocks(), 1)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(host.arrived).toHaveLength(1);
  });

  it('throws where the first connection cannot be made', async () => {
    const host = await startRemoteHost(() => undefined);
    await host.stop();
    await expect(take(createClient({ url: host.url, retry: QUICK }).streamUnlocks(), 1)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('ends by its signal without an error', async () => {
    const controller = new AbortController();
    const host = await remote((_request, response) => {
      open(response);
      response.flushHeaders();
    });
    await expect(
      take(createClient({ url: host.url }).streamUnlocks({ signal: controller.signal, onOpen: () => controller.abort() }), 1),
    ).resolves.toEqual([]);
  });

  it('bounds what it holds of a message without an end', async () => {
    const host = await remote((_request, response) => {
      open(response);
      const write = (): void => {
        if (!response.destroyed) response.write(`data: ${'x'.repeat(64 * 1024)}`, write);
      };
      write();
    });
    await expect(take(createClient({ url: host.url, retry: QUICK }).streamUnlocks(), 1)).rejects.toMatchObject({
      code: 'answer_too_large',
    });
  });
});
