import { JetStreamApiError, type PubAck } from '@nats-io/jetstream';
import { createInbox, errors, headers, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';

export interface AckedPublishOptions {
  /** The same again within the stream's duplicate window is one message. */
  msgID?: string;
  /** Milliseconds to wait for the PubAck. */
  timeout?: number;
  headers?: MsgHdrs;
  expect?: { streamName?: string };
  /** How long the stream keeps the message, such as `60s`. */
  ttl?: string;
}

interface Waiting {
  subject: string;
  deadlineMs: number;
  resolve(ack: PubAck): void;
  reject(error: Error): void;
}

const TIMEOUT_MS_DEFAULT = 5_000;
/** How late a timeout may be noticed. */
const TIMEOUT_LOOK_MS = 250;
const NO_RESPONDERS = 503;

/**
 * Publishes to JetStream and tells of the PubAck as the client's own `publish` does, for a fraction of what that costs: one
 * subscription for all answers, and one timer for all that wait, instead of a request with its timers and errors for each message.
 * How many may wait at a time is for the caller to bound.
 */
export class AckedPublisher {
  readonly #nats: NatsConnection;
  readonly #waiting = new Map<string, Waiting>();
  #inbox: string | undefined;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(nats: NatsConnection) {
    this.#nats = nats;
  }

  /** Rejects as the client does: TimeoutError, NoRespondersError, JetStreamApiError, ClosedConnectionError. */
  publish(subject: string, payload: Uint8Array | string = '', options: AckedPublishOptions = {}): Promise<PubAck> {
    return new Promise((resolve, reject) => {
      const inbox = (this.#inbox ??= this.#subscribe());
      const token = (++this.#count).toString(36);
      this.#nats.publish(subject, payload, { reply: `${inbox}.${token}`, headers: headersOf(options) });
      const deadlineMs = performance.now() + (options.timeout ?? TIMEOUT_MS_DEFAULT);
      this.#waiting.set(token, { subject, deadlineMs, resolve, reject });
      this.#timer ??= this.#lookLater();
    });
  }

  #subscribe(): string {
    const inbox = createInbox();
    const tokenAt = inbox.length + 1;
    this.#nats.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#answered(message.subject.slice(tokenAt), message);
      },
    });
    void this.#nats.closed().then(() => this.#rejectAll());
    return inbox;
  }

  #answered(token: string, message: Msg): void {
    const waiting = this.#waiting.get(token);
    // One that was given up is answered late.
    if (waiting === undefined) return;
    this.#waiting.delete(token);
    if (message.headers?.code === NO_RESPONDERS) {
      waiting.reject(new errors.NoRespondersError(waiting.subject));
      return;
    }
    try {
      waiting.resolve(readAck(message));
    } catch (error) {
      waiting.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #lookLater(): NodeJS.Timeout {
    return setTimeout(() => {
      const now = performance.now();
      for (const [token, waiting] of this.#waiting) {
        if (waiting.deadlineMs > now) continue;
        this.#waiting.delete(token);
        waiting.reject(new errors.TimeoutError());
      }
      this.#timer = this.#waiting.size > 0 ? this.#lookLater() : undefined;
    }, TIMEOUT_LOOK_MS);
  }

  #rejectAll(): void {
    clearTimeout(this.#timer);
    for (const { reject } of this.#waiting.values()) reject(new errors.ClosedConnectionError());
    this.#waiting.clear();
  }
}

function headersOf({ msgID, headers: given, expect, ttl }: AckedPublishOptions): MsgHdrs {
  const all = given ?? headers();
  if (msgID !== undefined) all.set('Nats-Msg-Id', msgID);
  if (expect?.streamName !== undefined) all.set('Nats-Expected-Stream', expect.streamName);
  if (ttl !== undefined) all.set('Nats-TTL', ttl);
  return all;
}

/** @throws JetStreamApiError what the stream refused */
function readAck(message: Msg): PubAck {
  const answer = message.json<Partial<PubAck> & { error?: { code: number; err_code: number; description: string } }>();
  if (answer.error !== undefined) throw new JetStreamApiError(answer.error);
  const { stream, seq, domain, duplicate = false } = answer;
  if (!stream || seq === undefined) throw new Error('the answer to a published message is no acknowledgement');
  return domain === undefined ? { stream, seq, duplicate } : { stream, seq, duplicate, domain };
}
