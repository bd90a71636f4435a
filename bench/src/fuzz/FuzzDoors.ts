import { Agent, request } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { JetStreamApiError, type JetStreamClient, jetstream } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import type { HttpCase, NatsCase, RawCase, WireCase } from './FuzzCases.js';
import type { RawNats } from './RawNats.js';

export interface HttpAnswer {
  status: number;
  body: string;
  /** The connection that it was sent on first had just been closed, so it was sent once more. */
  isSecondTry: boolean;
}

/** Of the server: the client has no name for it. */
const MESSAGE_EXCEEDS_MAXIMUM = 10_054;
/** Idle for so long, a connection that was sent odd bytes is given up. */
const WIRE_IDLE_MS = 300;
const REQUEST_MS_MAX = 60_000;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const CONNECTIONS_MAX = 64;

/** The doors of a running Cairn, open to whatever anybody may send. */
export class FuzzDoors {
  readonly #url: URL;
  readonly #token: string;
  readonly #js: JetStreamClient;
  readonly #raw: RawNats;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });

  constructor(of: { url: string; token: string; nats: NatsConnection; raw: RawNats }) {
    this.#url = new URL(of.url);
    this.#token = of.token;
    this.#js = jetstream(of.nats);
    this.#raw = of.raw;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Rejects where there was no answer at all. A server may close a connection that was kept, and any client has to live with that. */
  async http(sent: HttpCase): Promise<HttpAnswer> {
    try {
      return { ...(await this.#request(sent)), isSecondTry: false };
    } catch (error) {
      if (!(error instanceof ClosedUnderRequest)) throw error;
      return { ...(await this.#request(sent)), isSecondTry: true };
    }
  }

  #request({ method, path, headers: own, body }: HttpCase): Promise<Omit<HttpAnswer, 'isSecondTry'>> {
    return new Promise((resolve, reject) => {
      const sent = request({
        host: this.#url.hostname,
        port: this.#url.port,
        method,
        path,
        agent: this.#agent,
        timeout: REQUEST_MS_MAX,
        headers: { Authorization: `Bearer ${this.#token}`, ...own, ...(body === null ? {} : { 'Content-Length': body.length }) },
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${REQUEST_MS_MAX} ms`)));
      sent.on('error', (error) => reject(sent.reusedSocket ? new ClosedUnderRequest(error) : error));
      sent.on('socket', (socket) => {
        // A request tells of the errors of its connection; this one is for those that come when it is over.
        if (socket.listenerCount('error', noMore) === 0) socket.on('error', noMore);
      });
      sent.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < ANSWER_BYTES_MAX) text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      sent.end(body ?? undefined);
    });
  }

  /** What came back, as text: there need not be anything. */
  wire({ bytes }: WireCase): Promise<string> {
    return new Promise((resolve) => {
      const socket = connectSocket(Number(this.#url.port), this.#url.hostname);
      let text = '';
      const end = (): void => {
        socket.destroy();
        resolve(text);
      };
      socket.setTimeout(WIRE_IDLE_MS, end);
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      // It may well hang up on that.
      socket.on('error', end);
      socket.on('close', end);
      socket.on('connect', () => socket.write(bytes));
    });
  }

  /** As `message` does. */
  async rawMessage({ subject, head, data }: RawCase): Promise<number | null> {
    const answer = await this.#raw.publish(subject, head, data);
    const ack = JSON.parse(answer) as { seq?: number; duplicate?: boolean };
    return ack.duplicate === true || ack.seq === undefined || ack.seq === 0 ? null : ack.seq;
  }

  /** Its place in EVENTS; null where the server did not take it, or has it already. */
  async message({ subject, headers: own, data }: NatsCase): Promise<number | null> {
    const made = headers();
    for (const [name, value] of Object.entries(own)) made.set(name, value);
    try {
      const ack = await this.#js.publish(subject, data, { headers: made });
      return ack.duplicate ? null : ack.seq;
    } catch (error) {
      // Larger than any message may be: the producer is told, and nothing was taken.
      if (error instanceof JetStreamApiError && error.code === MESSAGE_EXCEEDS_MAXIMUM) return null;
      throw error;
    }
  }
}

function noMore(): void {
  return undefined;
}

/** On a connection that was kept from an earlier request. */
class ClosedUnderRequest extends Error {
  readonly code = 'closed_under_request';

  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'ClosedUnderRequest';
  }
}
