import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived at a remote host. */
export interface Arrived {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Answer = (request: Arrived, response: ServerResponse) => void;

export interface RemoteHost {
  url: string;
  arrived: Arrived[];
  stop(): Promise<void>;
}

/** A host on the other end of a real connection, which answers as a test tells it to: busy, broken, or well. */
export async function startRemoteHost(answer: Answer): Promise<RemoteHost> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call: Arrived = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      arrived.push(call);
      answer(call, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with JSON; `status` tells whether it is an answer or a problem. */
export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  if (!response.hasHeader('content-type'))
    response.setHeader('content-type', status < 400 ? 'application/json' : 'application/problem+json');
  response.writeHead(status);
  response.end(JSON.stringify(body));
}
