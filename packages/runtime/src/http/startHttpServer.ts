import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { RuntimeError } from '../errors.js';

export interface HttpServer {
  url: string;
  port: number;
  /** Takes no more requests, ends open event streams, lets the rest finish within a few seconds. */
  stop(): Promise<void>;
}

/** A request, its body included, must have arrived within this. */
const REQUEST_MS_MAX = 60_000;
/** Longer than the usual load balancer keeps a connection, so that it is not ours that closes under a request. */
const KEEP_ALIVE_MS = 65_000;
const STOP_MS_MAX = 5_000;

/** @throws RuntimeError `port_in_use` */
export async function startHttpServer(
  app: { fetch(request: Request, env: object): Response | Promise<Response> },
  { port, host }: { port: number; host: string },
): Promise<HttpServer> {
  const answer = getRequestListener((request, env) => app.fetch(request, env));
  const server = createServer({ requestTimeout: REQUEST_MS_MAX, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    void answer(request, response);
  });
  const open = trackResponses(server);
  await listen(server, port, host);
  const actual = (server.address() as AddressInfo).port;
  const named = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  let stopped: Promise<void> | undefined;
  return {
    url: `http://${named.includes(':') ? `[${named}]` : named}:${actual}`,
    port: actual,
    stop() {
      stopped ??= stopServer(server, open);
      return stopped;
    },
  };
}

function trackResponses(server: Server): Set<ServerResponse> {
  const open = new Set<ServerResponse>();
  server.on('request', (_, response) => {
    open.add(response);
    response.once('close', () => {
      open.delete(response);
      // A kept connection whose last answer is out would otherwise hold up the stop.
      if (!server.listening) server.closeIdleConnections();
    });
  });
  return open;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      const message = `port ${port} on ${host} is in use: stop what listens there, or choose another with CAIRN_PORT`;
      reject(error.code === 'EADDRINUSE' ? new RuntimeError('port_in_use', message, { cause: error }) : error);
    };
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

async function stopServer(server: Server, open: ReadonlySet<ServerResponse>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const response of open) {
    if (isEventStream(response)) response.end();
  }
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), STOP_MS_MAX);
  await closed;
  clearTimeout(timer);
}

function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('Content-Type') ?? '').startsWith('text/event-stream');
}
