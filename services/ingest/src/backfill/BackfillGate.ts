import { CairnError, type CairnEvent, partitionOf } from '@cairn/contracts';
import { RETRY_AFTER_SECONDS } from '../limits.js';

export interface BackfillGateOptions {
  /** Backfilled events of this door that may lie between it and the evaluation. */
  eventsMax: number;
  /** Of the install. */
  partitions: number;
  /** Between two looks at how far the evaluation is. */
  lookMs: number;
  /** How far each partition is evaluated. */
  positions(): Promise<readonly { partition: number; lastSeq: number }[]>;
  /** A look failed; the next one comes. */
  onError(error: unknown): void;
}

interface Written {
  sequence: number;
  events: number;
}

/**
 * Holds events back that are told long after they happened, where so many of this door are still to be evaluated already: a live
 * event never has more of them before it. What the door has put into the log is compared with the positions of the partitions,
 * which are asked for only while there is something to wait for.
 */
export class BackfillGate {
  readonly #options: BackfillGateOptions;
  /** Of which nobody knows yet whether they get into the log. */
  #entering = 0;
  /** In the log and not evaluated yet, by partition. */
  readonly #written = new Map<number, Written[]>();
  #ahead = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: BackfillGateOptions) {
    this.#options = options;
  }

  /** Backfilled events between the door and the evaluation. */
  get events(): number {
    return this.#entering + this.#ahead;
  }

  /** @throws CairnError `backfill_waits` where there is no room for so many; none has entered then */
  enter(events: number): void {
    if (events === 0) return;
    if (this.events > 0 && this.events + events > this.#options.eventsMax) {
      throw new CairnError(
        'backfill_waits',
        `${this.events} backfilled events are still to be evaluated: more are held back, so that live ones need not wait; try again`,
        { retryAfterSeconds: RETRY_AFTER_SECONDS },
      );
    }
    this.#entering += events;
  }

  /** One that entered is in the log. It has to leave all the same. */
  written({ tenantId, userId }: CairnEvent, sequence: number): void {
    const partition = partitionOf(tenantId, userId, this.#options.partitions);
    let written = this.#written.get(partition);
    if (written === undefined) this.#written.set(partition, (written = []));
    const last = written.at(-1);
    if (last?.sequence === sequence) last.events++;
    else written.push({ sequence, events: 1 });
    this.#ahead++;
    this.#schedule();
  }

  /** Something has come of one that entered. */
  leave(): void {
    this.#entering--;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    if (this.#isStopped || this.#timer !== undefined || this.#ahead === 0) return;
    this.#timer = setTimeout(() => void this.#look(), this.#options.lookMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    try {
      for (const { partition, lastSeq } of await this.#options.positions()) this.#forgetUpTo(partition, lastSeq);
    } catch (error) {
      this.#options.onError(error);
    }
    this.#timer = undefined;
    this.#schedule();
  }

  #forgetUpTo(partition: number, lastSeq: number): void {
    const written = this.#written.get(partition);
    if (written === undefined) return;
    // Acknowledgements of different tenants may come out of order.
    const left = written.filter(({ sequence }) => sequence > lastSeq);
    if (left.length === 0) this.#written.delete(partition);
    else this.#written.set(partition, left);
    for (const { sequence, events } of written) if (sequence <= lastSeq) this.#ahead -= events;
  }
}
