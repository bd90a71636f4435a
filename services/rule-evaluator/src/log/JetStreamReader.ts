import { LOG_STREAM } from '@cairn/contracts';
import type { ConsumerMessages, JetStreamClient, JsMsg } from '@nats-io/jetstream';
import { ACK_ENTRIES_MAX, ACK_INTERVAL_MS, ENTRIES_AHEAD_MAX } from '../limits.js';
import { type LogReader, type RawEntry, ReaderBroken } from './EvaluationLog.js';

/** A pull is renewed after this time; when so long nothing at all has come, not even a sign of life, the consumer is looked after. */
const PULL_EXPIRES_MS = 10_000;

/** Reads a durable consumer; breaks at the first sign that an entry may be missing. */
export class JetStreamReader implements LogReader {
  readonly #queue: JsMsg[] = [];
  /** Delivered and not yet acknowledged, oldest first. */
  readonly #unacknowledged: JsMsg[] = [];
  readonly #partitionConsumer: string;
  #head = 0;
  #messages: ConsumerMessages | undefined;
  #lastSequence: number;
  #lastDelivery = 0;
  #acknowledged: number;
  #ackSoon: NodeJS.Timeout | undefined;
  #broken: ReaderBroken | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(consumerName: string, after: number) {
    this.#partitionConsumer = consumerName;
    this.#lastSequence = after;
    this.#acknowledged = after;
  }

  async start(js: JetStreamClient): Promise<void> {
    const consumer = await js.consumers.get(LOG_STREAM, this.#partitionConsumer);
    this.#messages = await consumer.consume({
      max_messages: ENTRIES_AHEAD_MAX,
      expires: PULL_EXPIRES_MS,
      // Otherwise one that was deleted is waited for in silence, for ever.
      abort_on_missing_resource: true,
      callback: (message) => {
        this.#arrive(message);
      },
    });
    void this.#messages.closed().then((error) => {
      this.break(error instanceof Error ? error.message : 'its consumer ended');
    });
  }

  async ready(): Promise<void> {
    while (this.#head >= this.#queue.length) {
      if (this.#broken !== undefined) throw this.#broken;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#broken !== undefined) throw this.#broken;
  }

  shift(): RawEntry | undefined {
    const message = this.#queue[this.#head];
    if (message === undefined || this.#broken !== undefined) return undefined;
    this.#head++;
    if (this.#head === this.#queue.length) {
      this.#queue.length = 0;
      this.#head = 0;
    }
    this.#unacknowledged.push(message);
    const header = (name: string) => (message.headers?.has(name) === true ? message.headers.get(name) : undefined);
    return { sequence: message.seq, subject: message.subject, data: message.data, header };
  }

  /** Told to the server now and then: it is a hint. */
  acknowledge(sequence: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, sequence);
    if (this.#broken !== undefined) return;
    if (this.#unacknowledged.length >= ACK_ENTRIES_MAX) this.#acknowledgeNow();
    else this.#ackSoon ??= setTimeout(() => this.#acknowledgeNow(), ACK_INTERVAL_MS);
  }

  #acknowledgeNow(): void {
    clearTimeout(this.#ackSoon);
    this.#ackSoon = undefined;
    let last: JsMsg | undefined;
    let count = 0;
    for (const message of this.#unacknowledged) {
      if (message.seq > this.#acknowledged) break;
      last = message;
      count++;
    }
    this.#unacknowledged.splice(0, count);
    // All before it are acknowledged with it.
    last?.ack();
  }

  async close(): Promise<void> {
    if (this.#broken === undefined) this.#acknowledgeNow();
    this.break('it was closed');
    await this.#messages?.close();
  }

  break(why: string): void {
    this.#broken ??= new ReaderBroken(why);
    clearTimeout(this.#ackSoon);
    this.#ackSoon = undefined;
    this.#signal();
  }

  #arrive(message: JsMsg): void {
    if (this.#broken !== undefined) return;
    const delivery = message.info.deliverySequence;
    if (delivery !== this.#lastDelivery + 1) {
      this.break(`delivery ${delivery} came after ${this.#lastDelivery}`);
      return;
    }
    this.#lastDelivery = delivery;
    if (message.seq <= this.#lastSequence) {
      // What was seen comes again: it takes long, or the acknowledgement was lost, and without one nothing new would come.
      if (message.seq <= this.#acknowledged) message.ack();
      return;
    }
    this.#lastSequence = message.seq;
    this.#queue.push(message);
    this.#signal();
  }

  #signal(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
