import { Waiters } from '../Waiters.js';

/**
 * How many events the partitions of a process have in memory together, from decoding to the end of their commit. The thread works on one
 * batch at a time, and a commit or two beside it keep PostgreSQL busy: what is taken up beyond that only lives so long that collecting
 * what is young has to copy it.
 */
export class EventsUnderWay {
  readonly #eventsMax: number;
  readonly #batchEventsMax: number;
  readonly #waiters = new Waiters();
  #events = 0;

  constructor(of: { eventsMax: number; batchEventsMax: number }) {
    this.#eventsMax = of.eventsMax;
    this.#batchEventsMax = of.batchEventsMax;
  }

  /**
   * Resolves when there are few enough that a batch may begin, or the signal says to stop. Until it is told how many the batch holds,
   * it counts as the largest. @returns to be called with how many it holds, and with 0 in the end
   */
  async enter(signal: AbortSignal): Promise<(events: number) => void> {
    while (this.#events >= this.#eventsMax && !signal.aborted) await this.#waiters.changed(signal);
    let held = this.#batchEventsMax;
    this.#events += held;
    return (events) => {
      this.#events += events - held;
      held = events;
      if (this.#events < this.#eventsMax) this.#waiters.wake();
    };
  }
}
