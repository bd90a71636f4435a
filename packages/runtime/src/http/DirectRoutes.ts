import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../createLogger.js';
import type { Authenticator } from './authenticator.js';
import { bearerToken } from './bearerToken.js';
import type { DirectAnswer, DirectRoute } from './DirectRoute.js';
import type { Principal } from './principal.js';
import { problemAnswer } from './problemAnswer.js';

export interface DirectRoutesOptions {
  authenticator: Authenticator;
  log: Logger;
  /** Told of each request that was answered. */
  observe(request: { method: string; route: string; status: number; startedMs: number }): void;
}

/** The direct routes of an app, by their paths. */
export class DirectRoutes {
  readonly #options: DirectRoutesOptions;
  readonly #routes = new Map<string, DirectRoute>();

  constructor(options: DirectRoutesOptions) {
    this.#options = options;
  }

  add(route: DirectRoute): void {
    this.#routes.set(route.path, route);
  }

  /** Answers the request, or leaves it untouched and says false. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const route = this.#routes.get(request.url ?? '');
    if (route === undefined || route.method !== request.method) return false;
    const bytes = bodyBytesOf(request);
    if (bytes === null || bytes > route.bodyBytesMax || !route.isUsual(request.rawHeaders)) return false;
    const principal = this.#principalOf(request);
    if (principal === null || !principal.scopes.has(route.scope)) return false;
    void this.#answer(route, { request, response, principal, bytes });
    return true;
  }

  /** Null for a token that nobody has asked about in the last seconds, as for one that is not good. */
  #principalOf({ headers }: IncomingMessage): Principal | null {
    const token = bearerToken(headers.authorization);
    return token === undefined ? null : this.#options.authenticator.known(token);
  }

  async #answer(route: DirectRoute, call: Call): Promise<void> {
    const { request, response, principal, bytes } = call;
    const startedMs = performance.now();
    let answer: Headed;
    try {
      const release = route.reserve(bytes);
      try {
        // Nothing here holds the body while the route waits for what it answers: many wait at a time.
        const said = await readWhole(request).then((body) => body && route.answer({ principal, headers: request.headers, body }));
        // It broke off: there is nobody to answer.
        if (said === null) return;
        answer = jsonAnswer(said);
      } finally {
        release();
      }
    } catch (error) {
      answer = problemAnswer(error, { method: route.method, path: route.path, log: this.#options.log });
    }
    send(response, answer);
    this.#options.observe({ method: route.method, route: route.path, status: answer.status, startedMs });
  }
}

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  principal: Principal;
  bytes: number;
}

interface Headed {
  status: number;
  headers: Record<string, string>;
  body: string;
}

function jsonAnswer({ status, body }: DirectAnswer): Headed {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

function send(response: ServerResponse, { status, headers, body }: Headed): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

/** Null for a body that is encoded or does not say its length; Node sees to it that it has that length. */
function bodyBytesOf({ headers }: IncomingMessage): number | null {
  const length = headers['content-length'];
  return length === undefined || headers['content-encoding'] !== undefined ? null : Number(length);
}

/** Null where it broke off. The request, which lives until it is answered, holds nothing of it. */
function readWhole(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let settle: typeof resolve | null = resolve;
    const end = (body: Buffer | null): void => {
      settle?.(body);
      settle = null;
      chunks = [];
    };
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => end(chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks)));
    // Where it has ended before, these come too late to matter.
    request.on('close', () => end(null));
    request.on('error', () => end(null));
  });
}
