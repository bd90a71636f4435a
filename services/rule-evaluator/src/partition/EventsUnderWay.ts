import { Waiters } from '../Waiters.js';

export interface EventsUnderWayBounds {
  /** With fewer another batch may begin. */
  eventsMax: number;
  /** The largest batch. */
  batchEventsMax: number;
  /** A batch holds others up for no longer: its commit may wait for a lock that is no matter of theirs. */
  holdMsMax: number;
}

/**
 * How many events the partitions of a process have in memory together, from decoding until their first commit is answered. The thread works
 * on one batch at a time, and a commit or two beside it keep PostgreSQL busy: what is taken up beyond that only lives so long that
 * collecting what is young has to copy it.
 */
export class EventsUnderWay {
  readonly #bounds: EventsUnderWayBounds;
  readonly #waiters = new Waiters();
  #events = 0;

  constructor(bounds: EventsUnderWayBounds) {
    this.#bounds = bounds;
  }

  /**
   * Resolves when there are few enough that a batch may begin, or the signal says to stop. Until it is told how many the batch holds,
   * it counts as the largest. @returns to be called with how many it holds, and with 0 in the end
   */
  async enter(signal: AbortSignal): Promise<(events: number) => void> {
    const { eventsMax, batchEventsMax, holdMsMax } = this.#bounds;
    while (this.#events >= eventsMax && !signal.aborted) await this.#waiters.changed(signal);
    let held = batchEventsMax;
    this.#events += held;
    const hold = (events: number) => {
      this.#events += events - held;
      held = events;
      if (held === 0) clearTimeout(timer);
      if (this.#events < eventsMax) this.#waiters.wake();
    };
    const timer = setTimeout(hold, holdMsMax, 0);
    return hold;
  }
}
