import { setImmediate } from 'node:timers/promises';
import { isCairnError, LOG_STREAM, LOG_SUBJECTS } from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import { addEventTypes, type Database, type EventTypeRow, ensureTenant, projectionPosition } from '@cairn/store';
import { DeliverPolicy, type JetStreamClient, type JsMsg, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { PROJECTION_ENTRIES_A_TURN, PROJECTION_ENTRIES_MAX, PROJECTION_RETRY_MS } from '../../limits.js';
import { StoppableReading } from '../../log/StoppableReading.js';
import { CountedTypes } from './CountedTypes.js';

/** The offset in the database goes by this name. */
const EVENT_TYPES_PROJECTION = 'event-types';

export interface EventTypesProjectorPorts {
  nats: NatsConnection;
  database: Database;
  log: Logger;
  /** How long a step gathers entries. */
  gatherMs: number;
}

/**
 * Counts the types of events that tenants send, off the way of events: follows the log and adds each entry once, for the offset moves in
 * the same transaction. Of several replicas one gets ahead, and the others see that and begin again where it is.
 */
export class EventTypesProjector {
  readonly #ports: EventTypesProjectorPorts;
  readonly #js: JetStreamClient;
  readonly #reading = new StoppableReading();
  #running: Promise<void> | null = null;

  constructor(ports: EventTypesProjectorPorts) {
    this.#ports = ports;
    this.#js = jetstream(ports.nats);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** What was not added is read again. */
  async stop(): Promise<void> {
    this.#reading.stop();
    await this.#running;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    while (!this.#reading.isStopping) {
      try {
        await this.#follow();
      } catch (error) {
        if (this.#reading.isStopping) return;
        this.#ports.log.warn({ err: error }, 'the counting of event types stopped, trying again');
      }
      await this.#reading.pause(PROJECTION_RETRY_MS);
    }
  }

  /** From the offset on, until another replica has got ahead. */
  async #follow(): Promise<void> {
    let position = await projectionPosition(this.#ports.database.pool, EVENT_TYPES_PROJECTION);
    const consumer = await this.#js.consumers.get(LOG_STREAM, {
      filter_subjects: [LOG_SUBJECTS],
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: position + 1,
    });
    while (!this.#reading.isStopping) {
      const messages = await this.#reading.fetch(consumer, { messagesMax: PROJECTION_ENTRIES_MAX, gatherMs: this.#ports.gatherMs });
      const last = messages.at(-1);
      if (last === undefined) continue;
      const counted = { projection: EVENT_TYPES_PROJECTION, from: position, to: last.seq, rows: await this.#rowsOf(messages) };
      if (!(await addEventTypes(this.#ports.database.pool, counted))) return;
      position = last.seq;
    }
  }

  async #rowsOf(messages: readonly JsMsg[]): Promise<EventTypeRow[]> {
    const counted = new CountedTypes();
    for (const [i, message] of messages.entries()) {
      if (i % PROJECTION_ENTRIES_A_TURN === 0) await setImmediate();
      try {
        counted.add(message);
      } catch (error) {
        // The evaluator puts it into the dead letters.
        if (!isCairnError(error)) throw error;
        this.#ports.log.debug({ err: error, sequence: message.seq }, 'passed over an entry that cannot be decoded');
      }
    }
    const rows: EventTypeRow[] = [];
    for (const [tenantId, types] of counted.tenants) {
      const { tenantKey } = await ensureTenant(this.#ports.database.pool, tenantId);
      for (const [type, { events, firstSeen, lastSeen }] of types) rows.push({ tenantKey, type, events, firstSeen, lastSeen });
    }
    return rows;
  }
}
