import { delay } from './delay.js';
import { CairnApiError, CairnUnreachableError } from './errors.js';
import { HELD_BACK_MS, HELD_BACK_MS_MAX } from './limits.js';
import { readJson, readRefusal } from './readAnswer.js';
import { type RetryPolicy, retryDelayMs } from './retryPolicy.js';

/** The part of fetch that is used: a function of one's own may stand in for it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its segments encoded: see `pathOf`. */
  path: string;
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: { contentType: string; text: string };
  /** The same on every attempt: the server does the call once. */
  idempotencyKey?: string;
  /** Whether doing the call twice is the same as doing it once. */
  idempotent: boolean;
  signal?: AbortSignal | undefined;
  /** Called each time that the server holds old events back: the call goes on by itself. */
  onHeldBack?: (() => void) | undefined;
}

export interface TransportOptions {
  url: string;
  token: string | null;
  fetch: Fetch;
  retry: RetryPolicy;
  /** From the request to the end of the answer. */
  requestMsMax: number;
  /** For the `User-Agent` header. */
  agent: string;
}

/** Carries calls to the server: authentication, a bound in time, and another attempt where one can help. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * The JSON of the answer.
   * @throws CairnApiError where the server refused, CairnUnreachableError where no answer came, after the last attempt.
   */
  async json(call: Call): Promise<unknown> {
    return await this.#withRetries(call, (signal) => this.#once(call, signal));
  }

  /** The open answer of a call that streams: no bound in time, no further attempt, the caller ends it by its signal. */
  async open(call: Call, headers: Readonly<Record<string, string>>): Promise<Response> {
    const response = await this.#send(call, { headers, signal: call.signal });
    if (!response.ok) throw await readRefusal(response);
    return response;
  }

  async #withRetries<T>(call: Call, once: (signal: AbortSignal) => Promise<T>): Promise<T> {
    let number = 1;
    let heldBackMs = 0;
    for (;;) {
      try {
        return await withinTime(this.#options.requestMsMax, call.signal, once);
      } catch (error) {
        call.signal?.throwIfAborted();
        // Nothing is wrong, so it is no attempt that failed.
        if (isHeldBack(error) && heldBackMs < HELD_BACK_MS_MAX) {
          call.onHeldBack?.();
          const restMs = error.retryAfterMs ?? HELD_BACK_MS;
          heldBackMs += restMs;
          await delay(restMs, call.signal);
          continue;
        }
        const waitMs = retryDelayMs(this.#options.retry, { number, error, idempotent: call.idempotent });
        if (waitMs === null) throw error;
        await delay(waitMs, call.signal);
        number++;
      }
    }
  }

  async #once(call: Call, signal: AbortSignal): Promise<unknown> {
    const response = await this.#send(call, { headers: {}, signal });
    try {
      if (!response.ok) throw await readRefusal(response);
      return await readJson(response);
    } catch (error) {
      // The connection may break in the middle of the answer as well.
      throw error instanceof CairnApiError ? error : new CairnUnreachableError(this.#options.url, error);
    }
  }

  async #send(call: Call, how: { headers: Readonly<Record<string, string>>; signal: AbortSignal | undefined }): Promise<Response> {
    const { url, token, agent } = this.#options;
    try {
      return await this.#options.fetch(url + call.path + queryOf(call.query), {
        method: call.method,
        headers: {
          accept: 'application/json, application/problem+json',
          'user-agent': agent,
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(call.body === undefined ? {} : { 'content-type': call.body.contentType }),
          ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
          ...how.headers,
        },
        // A redirect would carry the events elsewhere, or drop the token: better said than done.
        redirect: 'manual',
        ...(call.body === undefined ? {} : { body: call.body.text }),
        ...(how.signal === undefined ? {} : { signal: how.signal }),
      });
    } catch (cause) {
      throw new CairnUnreachableError(url, cause);
    }
  }
}

/** Old events are let in as fast as they are evaluated, so that live ones need not wait behind them. */
function isHeldBack(error: unknown): error is CairnApiError {
  return error instanceof CairnApiError && error.code === 'backfill_waits';
}

/** A path of which each part is taken literally, whatever characters it has. */
export function pathOf(...segments: readonly string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}

function queryOf(query: Call['query']): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** Runs with a signal that ends at the bound in time, or with the caller's. */
async function withinTime<T>(msMax: number, outer: AbortSignal | undefined, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  const onOuterAbort = (): void => controller.abort(outer?.reason);
  const timer = setTimeout(() => controller.abort(new Error(`no answer within ${msMax / 1000} s`)), msMax);
  outer?.addEventListener('abort', onOuterAbort, { once: true });
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', onOuterAbort);
  }
}
