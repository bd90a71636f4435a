import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
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

type Answers = WeakMap<object, Response | Promise<Response>>;

export interface ServedApp {
  fetch(request: Request, env: object): Response | Promise<Response>;
  /** Answers a request by itself, or leaves it untouched and says false. */
  takeDirectly?(request: IncomingMessage, response: ServerResponse): boolean;
}

/** @throws RuntimeError `port_in_use` */
export async function startHttpServer(app: ServedApp, { port, host }: { port: number; host: string }): Promise<HttpServer> {
  /** Looked at only at the end: to read the headers of each answer as it goes out would cost. */
  const answers: Answers = new WeakMap();
  const answer = getRequestListener((request, env) => {
    const response = app.fetch(request, env);
    answers.set(env.outgoing, response);
    return response;
  });
  const server = createServer({ requestTimeout: REQUEST_MS_MAX, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    if (app.takeDirectly?.(request, response) !== true) void answer(request, response);
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
      stopped ??= stopServer(server, { open, answers });
      return stopped;
    },
  };
}

function trackResponses(server: Server): Set<ServerResponse> {
  const open = new Set<ServerResponse>();
  server.on('request', (request, response) => {
    open.add(response);
    response.once('close', () => {
      open.delete(response);
      // Its answer is out: a connection that is kept would otherwise hold up the stop.
      if (!server.listening) request.socket.end();
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

async function stopServer(server: Server, { open, answers }: { open: ReadonlySet<ServerResponse>; answers: Answers }): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => server.closeAllConnections(), STOP_MS_MAX);
  for (const response of open) {
    if (response.headersSent && isEventStream(await answers.get(response))) response.end();
  }
  await closed;
  clearTimeout(timer);
}

function isEventStream(answer: Response | undefined): boolean {
  return answer?.headers.get('Content-Type')?.startsWith('text/event-stream') === true;
}
