export interface RoundGateOptions {
  /** Whether a round is on its way to the log. */
  isBusy(): boolean;
  /** Events that came in and have no answer yet, those that wait for a round included. */
  underWay(): number;
  /** Events that no round waits for more than. */
  eventsMax: number;
  /** How long an event waits for its round at most. */
  waitMsMax: number;
  /** Where no more than so many events came of late, a round begins as soon as none is on its way, and after this time in any case. */
  few: { events: number; waitMsMax: number };
}

/**
 * Lets events go on in rounds: while one is on its way, all that comes in waits for the next; and that waits until as many are there as
 * were under way at a time before, as whoever was answered most likely comes again. So a busy door makes one look-up, a few entries of the
 * log and one commit of many events, instead of some of each for every few, and one that is not busy lets everything through at once.
 */
export class RoundGate {
  readonly #options: RoundGateOptions;
  #waiting: (() => void)[] = [];
  /** That go on with the next round. */
  #events = 0;
  /** The most that were under way at a time since the last round began, and between the one before and that. */
  #most = 0;
  #mostBefore = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RoundGateOptions) {
    this.#options = options;
  }

  /** An event came in that goes on with the next round. */
  enter(): void {
    this.#events++;
    this.#most = Math.max(this.#most, this.#options.underWay());
    this.look();
  }

  /** Resolves when the next round begins. */
  pass(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.look();
      if (this.#waiting.length > 0) this.#timer ??= this.#beginLater();
    });
  }

  /** Begins the next round where there is nothing to wait for any more: whoever ends one is to ask for it. */
  look(): void {
    if (this.#waiting.length > 0 && this.#mayBegin()) this.#begin();
  }

  #mayBegin(): boolean {
    const { isBusy, eventsMax } = this.#options;
    if (this.#events >= eventsMax) return true;
    return !isBusy() && (this.#areFew() || this.#events >= this.#mostBefore);
  }

  #areFew(): boolean {
    return Math.max(this.#events, this.#mostBefore) <= this.#options.few.events;
  }

  #beginLater(): NodeJS.Timeout {
    const { few, waitMsMax } = this.#options;
    return setTimeout(() => {
      if (this.#areFew()) this.#begin();
      else this.#timer = setTimeout(() => this.#begin(), waitMsMax - few.waitMsMax);
    }, few.waitMsMax);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#mostBefore = this.#most;
    this.#most = 0;
    this.#events = 0;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }
}
