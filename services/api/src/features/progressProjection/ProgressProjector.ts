import { setImmediate } from 'node:timers/promises';
import { isCairnError, LOG_STREAM, LOG_SUBJECTS } from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import { type Database, projectionPosition } from '@cairn/store';
import {
  AckPolicy,
  type Consumer,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  jetstream,
} from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import {
  IN_EFFECT_WAIT_MS_MAX,
  PROJECTION_ACK_WAIT_MS,
  PROJECTION_ENTRIES_A_FETCH,
  PROJECTION_ENTRIES_A_TURN,
  PROJECTION_EVENTS_A_STEP,
  PROJECTION_RETRY_MS,
} from '../../limits.js';
import type { EvaluatedPositions } from '../../log/EvaluatedPositions.js';
import type { LogTime } from '../../log/LogTime.js';
import { StoppableReading } from '../../log/StoppableReading.js';
import { PROGRESS_PROJECTION } from './names.js';
import { ProgressWriter } from './ProgressWriter.js';
import { TouchedUsers } from './TouchedUsers.js';

export interface ProgressProjectorPorts {
  nats: NatsConnection;
  database: Database;
  catalogues: CatalogueCache;
  positions: EvaluatedPositions;
  log: Logger;
  time: LogTime;
  partitions: number;
  /** How long a step gathers entries, so that a user whose events keep coming is written once for many of them. */
  gatherMs: number;
}

/**
 * Keeps the table `progress` up to date, for SQL, reports and the console: follows the log behind the evaluator and writes what
 * users' states say. Every step can be done again; replicas share the entries among themselves.
 */
export class ProgressProjector {
  readonly #ports: ProgressProjectorPorts;
  readonly #js: JetStreamClient;
  readonly #writer: ProgressWriter;
  readonly #reading = new StoppableReading();
  #running: Promise<void> | null = null;

  constructor(ports: ProgressProjectorPorts) {
    this.#ports = ports;
    this.#js = jetstream(ports.nats);
    this.#writer = new ProgressWriter(ports, this.#reading);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** What was begun and not finished comes again. */
  async stop(): Promise<void> {
    this.#reading.stop();
    await this.#running;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    while (!this.#reading.isStopping) {
      try {
        const consumer = await this.#ensureConsumer();
        while (!this.#reading.isStopping) await this.#step(consumer);
      } catch (error) {
        if (this.#reading.isStopping) return;
        this.#ports.log.warn({ err: error }, 'the projection of progress stopped, trying again');
        await this.#reading.pause(PROJECTION_RETRY_MS);
      }
    }
  }

  async #step(consumer: Consumer): Promise<void> {
    const touched = new TouchedUsers(this.#ports.partitions);
    const messages = await this.#gather(consumer, touched);
    const last = messages.at(-1);
    if (last === undefined) return;
    if (await this.#waitUntilEvaluated(touched, messages)) await this.#writer.write(touched);
    if (this.#reading.isStopping) {
      // To whoever goes on, and not only after the time that a step may take.
      for (const message of messages) message.nak();
      return;
    }
    await this.#acknowledge(messages.slice(0, -1));
    await last.ackAck();
    // Replicas share the entries: what all of them have finished is the offset.
    await this.#writer.advance((await consumer.info()).ack_floor.stream_seq);
  }

  /** For as long as a step gathers, or until there is enough. */
  async #gather(consumer: Consumer, touched: TouchedUsers): Promise<JsMsg[]> {
    const messages: JsMsg[] = [];
    const untilMs = performance.now() + this.#ports.gatherMs;
    do {
      const fetched = await this.#reading.fetch(consumer, { messagesMax: PROJECTION_ENTRIES_A_FETCH, gatherMs: this.#ports.gatherMs });
      await this.#note(fetched, touched);
      messages.push(...fetched);
    } while (performance.now() < untilMs && touched.events < PROJECTION_EVENTS_A_STEP && !this.#reading.isStopping);
    return messages;
  }

  async #note(messages: readonly JsMsg[], touched: TouchedUsers): Promise<void> {
    for (const [i, message] of messages.entries()) {
      if (i % PROJECTION_ENTRIES_A_TURN === 0) await setImmediate();
      try {
        touched.add(message);
      } catch (error) {
        // The evaluator puts it into the dead letters.
        if (!isCairnError(error)) throw error;
        this.#ports.log.debug({ err: error, sequence: message.seq }, 'passed over an entry that cannot be decoded');
      }
    }
  }

  async #acknowledge(messages: readonly JsMsg[]): Promise<void> {
    for (const [i, message] of messages.entries()) {
      if (i % PROJECTION_ENTRIES_A_TURN === 0) await setImmediate();
      message.ack();
    }
  }

  async #waitUntilEvaluated(touched: TouchedUsers, messages: readonly JsMsg[]): Promise<boolean> {
    while (!this.#reading.isStopping) {
      if (await this.#ports.positions.waitForEach(touched.needed, IN_EFFECT_WAIT_MS_MAX)) {
        if (touched.tenants.size === 0 || !(await this.#isRecounting(touched.tenants))) return true;
        await this.#reading.pause(PROJECTION_RETRY_MS);
      }
      for (const message of messages) message.working();
    }
    return false;
  }

  /** What a recount changes is written once it is done. */
  async #isRecounting(tenantIds: ReadonlySet<string>): Promise<boolean> {
    return (await this.#ports.positions.recounts()).some(({ tenantId }) => tenantIds.has(tenantId));
  }

  /** The offset in the database is the truth: a consumer that is ahead of it, since the database was restored, is made anew. */
  async #ensureConsumer(): Promise<Consumer> {
    const manager = await this.#js.jetstreamManager(false);
    const offset = await projectionPosition(this.#ports.database.pool, PROGRESS_PROJECTION);
    const existing = await findConsumer(manager);
    if (existing !== null && existing.ack_floor.stream_seq > offset) await manager.consumers.delete(LOG_STREAM, PROGRESS_PROJECTION);
    if (existing === null || existing.ack_floor.stream_seq > offset) await this.#addConsumer(manager, offset);
    return this.#js.consumers.get(LOG_STREAM, PROGRESS_PROJECTION);
  }

  async #addConsumer(manager: JetStreamManager, offset: number): Promise<void> {
    await manager.consumers.add(LOG_STREAM, {
      durable_name: PROGRESS_PROJECTION,
      description: 'Writes the table progress, behind the evaluation',
      filter_subject: LOG_SUBJECTS,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: offset + 1,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(PROJECTION_ACK_WAIT_MS),
      // The offset in the database counts; a server that comes back without it gets a new one.
      mem_storage: true,
      max_ack_pending: PROJECTION_EVENTS_A_STEP + PROJECTION_ENTRIES_A_FETCH,
    });
  }
}

async function findConsumer(manager: JetStreamManager): Promise<ConsumerInfo | null> {
  try {
    return await manager.consumers.info(LOG_STREAM, PROGRESS_PROJECTION);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) return null;
    throw error;
  }
}
