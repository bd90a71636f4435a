import {
  admitEvent,
  CairnError,
  type CairnEvent,
  DEFAULT_TENANT_ID,
  EVENT_BYTES_MAX,
  isCairnError,
  isReservedType,
  typeOfEventSubject,
} from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import type { Clock } from '../clock.js';
import type { Admitter } from '../identity/Admitter.js';
import type { Outcome } from '../identity/judge.js';
import type { CountedStatus, IngestMetrics } from '../ingestMetrics.js';
import { DOOR_RETRY_MS_MAX, DOOR_RETRY_MS_MIN } from '../limits.js';
import type { DeadLetters } from './DeadLetters.js';
import type { DoorMessage } from './DoorMessage.js';
import { readMessage } from './readMessage.js';
import { tenantOf } from './tenantOf.js';

export interface NatsDoorOptions {
  admitter: Admitter;
  deadLetters: DeadLetters;
  clock: Clock;
  log: Logger;
  metrics: IngestMetrics;
  /** Tenants that events over NATS may be for; `*` for any. */
  tenants: readonly string[] | '*';
}

/** What is to be done with a message: nothing else talks to the broker about it. */
export type Verdict =
  | { kind: 'take'; event: CairnEvent }
  | { kind: 'ignore' }
  | { kind: 'refuse'; error: CairnError; tenantId: string | null };

/** Takes each message of EVENTS to its end: into the log, to the dead letters, or back to be delivered again. */
export class NatsDoor {
  readonly #options: NatsDoorOptions;
  readonly #mayWriteTo: (tenantId: string) => boolean;
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: NatsDoorOptions) {
    this.#options = options;
    const { tenants } = options;
    const known = new Set(tenants);
    this.#mayWriteTo = tenants === '*' ? () => true : (tenantId) => known.has(tenantId);
  }

  /** Begins with a message; returns at once. */
  take(message: DoorMessage): void {
    const work = this.#take(message).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Resolves when every message that was begun is done with. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #take(message: DoorMessage): Promise<void> {
    const { metrics, log, deadLetters } = this.#options;
    let status: CountedStatus;
    try {
      const verdict = this.#judge(message);
      if (verdict.kind === 'take') status = await this.#admit(message, verdict.event);
      else if (verdict.kind === 'refuse') {
        await deadLetters.put(message, verdict);
        status = 'rejected';
      } else status = 'ignored';
      message.ack();
    } catch (error) {
      // Nothing is lost: it comes again, here or at another replica.
      status = 'failed';
      const delayMs = Math.min(DOOR_RETRY_MS_MIN * 2 ** (message.info.deliveryCount - 1), DOOR_RETRY_MS_MAX);
      log.warn({ err: error, subject: message.subject, sequence: message.seq, delayMs }, 'an event over NATS has to wait');
      message.nak(delayMs);
    }
    metrics.count('nats', status);
  }

  async #admit(message: DoorMessage, event: CairnEvent): Promise<Outcome['status']> {
    const [outcome] = await this.#options.admitter.admit([event]);
    if (outcome === undefined) throw new Error('the admitter gave no outcome for an event');
    if (outcome.status === 'conflict') await this.#options.deadLetters.put(message, { error: outcome.error, tenantId: event.tenantId });
    return outcome.status;
  }

  #judge(message: DoorMessage): Verdict {
    const type = typeOfEventSubject(message.subject);
    if (isReservedType(type)) return { kind: 'ignore' };
    let input: unknown;
    try {
      input = readMessage(message.data, message.headers);
      return { kind: 'take', event: this.#admitted(input, message, type) };
    } catch (error) {
      if (isCairnError(error)) return { kind: 'refuse', error, tenantId: tenantOf(input, this.#mayWriteTo) };
      throw error;
    }
  }

  #admitted(input: unknown, message: DoorMessage, type: string): CairnEvent {
    const event = admitEvent(input, {
      tenantId: DEFAULT_TENANT_ID,
      mayWriteTo: this.#mayWriteTo,
      receivedAt: this.#options.clock.now(),
    });
    if (event.type !== type) {
      throw new CairnError(
        'subject_type_mismatch',
        `the event says type "${event.type}" but came on the subject ${message.subject}: publish it to events.${event.type}`,
      );
    }
    if (message.data.length > EVENT_BYTES_MAX) throw new CairnError('event_too_large', `the event is larger than ${EVENT_BYTES_MAX} bytes`);
    return event;
  }
}
