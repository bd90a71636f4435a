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
import { type Logger, parseJson } from '@cairn/runtime';
import type { Clock } from '../clock.js';
import type { Admitter } from '../identity/Admitter.js';
import type { CountedStatus, IngestMetrics } from '../ingestMetrics.js';
import { BACKFILL_RETRY_MS, DOOR_RETRY_MS_MAX, DOOR_RETRY_MS_MIN } from '../limits.js';
import type { DeadLetters } from './DeadLetters.js';
import type { DoorMessage } from './DoorMessage.js';
import { isPlainJson } from './isPlainJson.js';
import { readHeaders } from './readHeaders.js';
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
  #underWay = 0;
  readonly #onIdle: (() => void)[] = [];

  constructor(options: NatsDoorOptions) {
    this.#options = options;
    const { tenants } = options;
    const known = new Set(tenants);
    this.#mayWriteTo = tenants === '*' ? () => true : (tenantId) => known.has(tenantId);
  }

  /**
   * Begins with a message; returns at once and never throws. Without a promise for each: together they would cost more than what
   * they wait for.
   */
  take(message: DoorMessage): void {
    this.#underWay++;
    try {
      const verdict = this.#judge(message);
      if (verdict.kind === 'take') this.#admit(message, verdict.event);
      else if (verdict.kind === 'refuse') void this.#bury(message, { ...verdict, status: 'rejected' });
      else this.#finish(message, 'ignored');
    } catch (error) {
      this.#retry(message, error);
    }
  }

  /** Resolves when every message that was begun is done with. */
  idle(): Promise<void> {
    return this.#underWay === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** @throws CairnError `overloaded`, `backfill_waits` */
  #admit(message: DoorMessage, event: CairnEvent): void {
    this.#options.admitter.take(event, {
      settle: (_, outcome) => {
        if (outcome.status !== 'conflict') this.#finish(message, outcome.status);
        else void this.#bury(message, { error: outcome.error, tenantId: event.tenantId, status: 'conflict' });
      },
      fail: (error) => this.#retry(message, error),
    });
  }

  async #bury(message: DoorMessage, why: { error: CairnError; tenantId: string | null; status: CountedStatus }): Promise<void> {
    try {
      await this.#options.deadLetters.put(message, why);
    } catch (error) {
      this.#retry(message, error);
      return;
    }
    this.#finish(message, why.status);
  }

  #finish(message: DoorMessage, status: CountedStatus): void {
    this.#answer(message, () => message.ack());
    this.#options.metrics.count('nats', status);
    this.#done();
  }

  /** Nothing is lost: it comes again, here or at another replica. */
  #retry(message: DoorMessage, error: unknown): void {
    const isHeldBack = isCairnError(error) && error.code === 'backfill_waits';
    const delayMs = isHeldBack ? BACKFILL_RETRY_MS : Math.min(DOOR_RETRY_MS_MIN * 2 ** (message.info.deliveryCount - 1), DOOR_RETRY_MS_MAX);
    const about = { err: error, subject: message.subject, sequence: message.seq, delayMs };
    // Of those that are held back there are many, and nothing is wrong.
    if (isHeldBack) this.#options.log.debug(about, 'a backfilled event over NATS is held back');
    else this.#options.log.warn(about, 'an event over NATS has to wait');
    this.#answer(message, () => message.nak(delayMs));
    this.#options.metrics.count('nats', 'failed');
    this.#done();
  }

  /** On a connection that is closed nothing can be answered: then the message comes again once its time is over. */
  #answer(message: DoorMessage, answer: () => void): void {
    try {
      answer();
    } catch (error) {
      this.#options.log.warn({ err: error, sequence: message.seq }, 'an event over NATS could not be acknowledged');
    }
  }

  #done(): void {
    this.#underWay--;
    if (this.#underWay === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #judge(message: DoorMessage): Verdict {
    const type = typeOfEventSubject(message.subject);
    if (isReservedType(type)) return { kind: 'ignore' };
    let input: unknown;
    try {
      input = isPlainJson(message) ? parseJson(message.data) : readMessage(message.data, readHeaders(message));
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
