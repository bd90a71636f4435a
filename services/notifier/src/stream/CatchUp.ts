import { EVENTS_STREAM } from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import { type Consumer, DeliverPolicy, type JetStreamClient, jetstream } from '@nats-io/jetstream';
import { type NatsConnection, nuid } from '@nats-io/transport-node';
import { CATCH_UP_BATCH_MAX, RECONNECT_PAUSE_MS_MAX, RECONNECT_PAUSE_MS_MIN } from '../limits.js';
import { pause } from '../pause.js';
import { decodeStreamedUnlock } from '../tail/streamedUnlock.js';
import { UNLOCK_SUBJECTS, type UnlockTail } from '../tail/UnlockTail.js';
import { Slots } from './Slots.js';
import type { StreamConnection } from './StreamConnection.js';

/** Leads a reader from the place it resumes at to the live tail. */
export class CatchUp {
  readonly #js: JetStreamClient;
  readonly #tail: UnlockTail;
  readonly #log: Logger;
  readonly #slots: Slots;

  constructor(options: {
    nats: NatsConnection;
    tail: UnlockTail;
    log: Logger;
    /** How many readers are led at once. */
    catchUpsMax: number;
  }) {
    this.#js = jetstream(options.nats);
    this.#tail = options.tail;
    this.#log = options.log;
    this.#slots = new Slots(options.catchUpsMax);
  }

  /**
   * Sends all behind `after` that the stream holds and attaches the reader to the tail.
   * Settles then, or when the connection has ended.
   */
  async lead(connection: StreamConnection, after: number): Promise<void> {
    const isKnown = after <= this.#tail.position;
    connection.passOver(after);
    if (isKnown && this.#tail.attach(connection, after)) return;
    await this.#slots.use(() => this.#leadThroughStream(connection, after));
  }

  async #leadThroughStream(connection: StreamConnection, after: number): Promise<void> {
    let pauseMs = RECONNECT_PAUSE_MS_MIN;
    let isPlaced = false;
    while (!connection.isClosed) {
      try {
        if (!isPlaced) await this.#place(connection, after);
        isPlaced = true;
        if (await this.#read(connection)) return;
        pauseMs = RECONNECT_PAUSE_MS_MIN;
      } catch (error) {
        this.#log.warn({ err: error }, 'a catch-up was cut off, trying again');
        await Promise.race([pause(pauseMs), connection.closed]);
        pauseMs = Math.min(pauseMs * 2, RECONNECT_PAUSE_MS_MAX);
      }
    }
  }

  /** Says so to a reader whose place is not in the stream, and puts it at the beginning of what there is. */
  async #place(connection: StreamConnection, after: number): Promise<void> {
    const manager = await this.#js.jetstreamManager(false);
    const { state } = await manager.streams.info(EVENTS_STREAM);
    const isForgotten = after > 0 && after + 1 < state.first_seq;
    const isUnheardOf = after > state.last_seq;
    if (!isForgotten && !isUnheardOf) return;
    const resumedFrom = Math.max(state.first_seq, 1);
    connection.announceReset({ requested: after, resumedFrom });
    connection.placeAt(resumedFrom - 1);
  }

  /** @returns whether the reader is attached to the tail now */
  async #read(connection: StreamConnection): Promise<boolean> {
    // What stood in the stream at this position is either read below or nothing that anybody reads.
    const tailPosition = this.#tail.position;
    const consumer = await this.#openConsumer(connection.sentThrough + 1);
    try {
      let pending = (await consumer.info(true)).num_pending;
      while (pending > 0 && !connection.isClosed) {
        pending = await this.#readBatch(consumer, connection, pending);
        if (this.#tail.attach(connection, connection.sentThrough)) return true;
      }
      if (connection.isClosed) return false;
      connection.passOver(tailPosition);
      return this.#tail.attach(connection, connection.sentThrough);
    } finally {
      consumer.delete().catch((error: unknown) => {
        this.#log.debug({ err: error }, "a catch-up's consumer was gone");
      });
    }
  }

  /** @returns how many wait behind the batch */
  async #readBatch(consumer: Consumer, connection: StreamConnection, pending: number): Promise<number> {
    const messages = await consumer.fetch({
      max_messages: Math.min(pending, CATCH_UP_BATCH_MAX),
      expires: 5000,
    });
    let isEmpty = true;
    let left = pending;
    try {
      for await (const message of messages) {
        isEmpty = false;
        left = message.info.pending;
        const entry = decodeStreamedUnlock(message);
        if (entry === null) connection.passOver(message.seq);
        else connection.deliver(entry);
        await connection.roomToSend();
        if (connection.isClosed) break;
      }
    } finally {
      await messages.close();
    }
    if (isEmpty) throw new Error('the stream did not send what it holds');
    return left;
  }

  #openConsumer(from: number): Promise<Consumer> {
    return this.#js.consumers.get(EVENTS_STREAM, {
      name_prefix: `notifier_catchup_${nuid.next()}`,
      filter_subjects: UNLOCK_SUBJECTS,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
    });
  }
}
