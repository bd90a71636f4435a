import { EVENTS_STREAM, EVENTS_SUBJECTS, isReservedType, typeOfEventSubject } from '@cairn/contracts';
import {
  type ConsumerMessages,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { DOOR_LOOK_MESSAGES_MAX, DOOR_LOOK_MS_MAX, DOOR_WAITING_NAMED_MAX } from '../limits.js';

/** The durable consumer of the NATS door on EVENTS; all replicas of ingest share it. */
const DOOR_CONSUMER = 'ingest';

/**
 * Counts what producers published to the public door and is not in the log yet. The same stream carries Cairn's own unlocks, which the
 * door passes over, and the server counts no messages by whose they are: so those that wait are looked at, each once, by their subjects.
 */
export class DoorBacklog {
  readonly #js: JetStreamClient;
  /** All up to here was looked at, or is behind the door. */
  #lookedTo = 0;
  /** Places of the producers' messages among those, ascending. */
  #waiting: number[] = [];

  constructor(nats: NatsConnection) {
    this.#js = jetstream(nats);
  }

  /** 0 exactly when nothing waits. What there was no time to look at counts as if it were producers'. */
  async read(): Promise<number> {
    const manager = await this.#js.jetstreamManager(false);
    // The door first: what it lets in afterwards is behind the last of the stream in any case.
    const passed = await passedDoor(manager);
    const { first_seq: first, last_seq: last } = (await manager.streams.info(EVENTS_STREAM)).state;
    if (last < this.#lookedTo) this.#forget();
    const begin = Math.max(passed + 1, first);
    this.#waiting = this.#waiting.filter((sequence) => sequence >= begin);
    this.#lookedTo = Math.max(this.#lookedTo, begin - 1);
    if (last > this.#lookedTo && this.#waiting.length < DOOR_WAITING_NAMED_MAX) await this.#look(last);
    return this.#waiting.length + Math.max(0, last - this.#lookedTo);
  }

  /** Another stream of that name. */
  #forget(): void {
    this.#lookedTo = 0;
    this.#waiting = [];
  }

  async #look(last: number): Promise<void> {
    const consumer = await this.#js.consumers.get(EVENTS_STREAM, {
      filter_subjects: [EVENTS_SUBJECTS],
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#lookedTo + 1,
      headers_only: true,
    });
    try {
      if ((await consumer.info()).num_pending === 0) this.#lookedTo = last;
      else await this.#lookAt(await consumer.fetch({ max_messages: DOOR_LOOK_MESSAGES_MAX, expires: DOOR_LOOK_MS_MAX }), last);
    } finally {
      await consumer.delete();
    }
  }

  async #lookAt(messages: ConsumerMessages, last: number): Promise<void> {
    try {
      for await (const { seq, subject, info } of messages) {
        if (!isReservedType(typeOfEventSubject(subject))) this.#waiting.push(seq);
        // What lies between two messages was deleted.
        this.#lookedTo = info.pending === 0 ? Math.max(seq, last) : seq;
        if (info.pending === 0 || seq >= last || this.#waiting.length >= DOOR_WAITING_NAMED_MAX) return;
      }
    } finally {
      await messages.close();
    }
  }
}

/** The message of EVENTS up to which the door has done all; 0 where nobody has opened it yet. */
async function passedDoor(manager: JetStreamManager): Promise<number> {
  try {
    return (await manager.consumers.info(EVENTS_STREAM, DOOR_CONSUMER)).ack_floor.stream_seq;
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.ConsumerNotFound) throw error;
    return 0;
  }
}
