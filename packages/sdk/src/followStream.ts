import type { ProgressUpdate, Revocation, Unlock } from '@cairn/contracts';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { delay } from './delay.js';
import { CairnApiError, CairnUnreachableError } from './errors.js';
import { STREAM_MESSAGE_CHARACTERS_MAX } from './limits.js';
import { type RetryPolicy, retryDelayMs } from './retryPolicy.js';
import type { Transport } from './transport.js';

/** One message of the live stream. `id` is what a later connection resumes behind. */
export type StreamMessage =
  | { kind: 'unlock'; id: string | null; unlock: Unlock }
  | { kind: 'revoke'; id: string | null; revocation: Revocation }
  | { kind: 'progress'; id: string | null; progress: ProgressUpdate };

export interface StreamOptions {
  /** One user only; without it, all of the tenant. */
  user?: string;
  /** Resume behind this message instead of beginning now. */
  lastEventId?: string;
  /** Ends the stream: the iteration is then over, without an error. */
  signal?: AbortSignal;
  /** Each time the connection stands: what happens from now on will arrive. */
  onOpen?: () => void;
  /** Each time the connection broke and is made anew. */
  onReconnect?: (cause: Error) => void;
}

interface Position {
  lastEventId: string | null;
  /** What the server asked for by `retry:`. */
  retryMs: number;
}

/**
 * Follows the live stream, over as many connections as it takes: each resumes behind the last message that arrived.
 * It ends by the signal or by leaving the loop. It throws where the server refuses (a wrong token, say), or where the
 * first connection cannot be made in as many attempts as the policy allows; one that stood once is made again for ever.
 */
export async function* followStream(
  transport: Transport,
  retry: RetryPolicy,
  options: StreamOptions,
): AsyncGenerator<StreamMessage, void, undefined> {
  const position: Position = { lastEventId: options.lastEventId ?? null, retryMs: 0 };
  let policy = retry;
  let failures = 0;
  const onOpen = (): void => {
    policy = { ...retry, attemptsMax: Number.POSITIVE_INFINITY };
    options.onOpen?.();
  };
  while (!isEnded(options.signal)) {
    try {
      for await (const message of connect(transport, { ...options, onOpen }, position)) {
        failures = 0;
        yield message;
      }
      throw new CairnUnreachableError('the stream', new Error('the server ended it'));
    } catch (error) {
      if (isEnded(options.signal)) return;
      const cause = asClientError(error);
      const waitMs = retryDelayMs(policy, { number: ++failures, error: cause, idempotent: true });
      if (waitMs === null) throw cause;
      options.onReconnect?.(cause);
      if (!(await waited(Math.max(waitMs, position.retryMs), options.signal))) return;
    }
  }
}

/** One connection, which is closed whenever the reader leaves. */
async function* connect(transport: Transport, options: StreamOptions, position: Position): AsyncGenerator<StreamMessage, void, undefined> {
  const controller = new AbortController();
  const onOuterAbort = (): void => controller.abort();
  options.signal?.addEventListener('abort', onOuterAbort, { once: true });
  try {
    yield* readMessages(transport, { ...options, signal: controller.signal }, position);
  } finally {
    options.signal?.removeEventListener('abort', onOuterAbort);
    controller.abort();
  }
}

async function* readMessages(
  transport: Transport,
  options: StreamOptions & { signal: AbortSignal },
  position: Position,
): AsyncGenerator<StreamMessage, void, undefined> {
  const response = await transport.open(
    { method: 'GET', path: '/v1/stream', query: { user: options.user }, idempotent: true, signal: options.signal },
    { accept: 'text/event-stream', ...(position.lastEventId === null ? {} : { 'last-event-id': position.lastEventId }) },
  );
  if (response.body === null) return;
  options.onOpen?.();
  const arrived: EventSourceMessage[] = [];
  let broken: Error | null = null;
  const parser = createParser({
    maxBufferSize: STREAM_MESSAGE_CHARACTERS_MAX,
    onEvent: (message) => arrived.push(message),
    onRetry: (retryMs) => {
      position.retryMs = retryMs;
    },
    onError: (error) => {
      // Unknown fields are to be ignored (the standard says so); a message without an end is not.
      if (error.type === 'max-buffer-size-exceeded') broken = error;
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (broken !== null)
      throw new CairnApiError('a message of the stream is too large', { code: 'answer_too_large', status: 200, cause: broken });
    for (const message of arrived.splice(0)) {
      const parsed = parseMessage(message);
      if (parsed !== null) yield parsed;
      // Only once the reader came back for more: what it did not take is sent again.
      if (message.id !== undefined) position.lastEventId = message.id;
    }
  }
}

function parseMessage(message: EventSourceMessage): StreamMessage | null {
  const id = message.id ?? null;
  switch (message.event) {
    case 'unlock':
      return { kind: 'unlock', id, unlock: JSON.parse(message.data) as Unlock };
    case 'revoke':
      return { kind: 'revoke', id, revocation: JSON.parse(message.data) as Revocation };
    case 'progress':
      return { kind: 'progress', id, progress: JSON.parse(message.data) as ProgressUpdate };
    default:
      // Kinds of a newer server, and signs of life.
      return null;
  }
}

/** False where the signal came first. */
async function waited(waitMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await delay(waitMs, signal);
    return true;
  } catch {
    // Only the signal ends a delay early, and a stream that was ended is no error.
    return false;
  }
}

function isEnded(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}

/** A connection that breaks in the middle is as good as one that could not be made. */
function asClientError(error: unknown): CairnApiError | CairnUnreachableError {
  return error instanceof CairnApiError || error instanceof CairnUnreachableError ? error : new CairnUnreachableError('the stream', error);
}
