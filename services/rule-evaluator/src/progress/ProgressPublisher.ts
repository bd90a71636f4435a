import { PROGRESS_INTERVAL_MS, PROGRESS_PER_SECOND_MAX, PROGRESS_WAITING_MAX } from '../limits.js';

/** Something whose progress changed: what goes out is asked for only when it goes out, so that it is the newest. */
export interface ProgressChange {
  tenantId: string;
  userId: string;
  slug: string;
}

/** Sends the current progress of a pair; false where there is none to send. */
export type SendProgress = (change: ProgressChange) => boolean;

/**
 * Live progress, coalesced: at once where nothing went out for the pair within the interval, else once when the interval is over.
 * It is a courtesy: bounded in number, in no stream, never in the way of the evaluation.
 */
export class ProgressPublisher {
  readonly #send: SendProgress;
  readonly #now: () => number;
  readonly #sentAt = new Map<string, number>();
  readonly #waiting = new Map<string, ProgressChange>();
  #timer: NodeJS.Timeout | undefined;
  #secondBegan = 0;
  #sentInSecond = 0;

  constructor(ports: { send: SendProgress; now: () => number }) {
    this.#send = ports.send;
    this.#now = ports.now;
  }

  changed(change: ProgressChange): void {
    // Under load most end here.
    if (this.#waiting.size >= PROGRESS_WAITING_MAX && !this.#hasRoom()) return;
    const key = `${change.tenantId}\u0000${change.userId}\u0000${change.slug}`;
    if (this.#waiting.has(key)) return;
    if (this.#isDue(key) && this.#hasRoom()) {
      this.#sendNow(key, change);
    } else if (this.#waiting.size < PROGRESS_WAITING_MAX) {
      this.#waiting.set(key, change);
    }
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
    this.#sentAt.clear();
  }

  #flush(): void {
    const now = this.#now();
    for (const [key, change] of this.#waiting) {
      if (!this.#hasRoom()) break;
      if (!this.#isDue(key)) continue;
      this.#waiting.delete(key);
      this.#sendNow(key, change);
    }
    for (const [key, at] of this.#sentAt) {
      if (now - at < PROGRESS_INTERVAL_MS) break;
      this.#sentAt.delete(key);
    }
    this.#schedule();
  }

  #sendNow(key: string, change: ProgressChange): void {
    if (!this.#send(change)) return;
    this.#sentInSecond++;
    // Deleted first, so that the map stays in the order of sending.
    this.#sentAt.delete(key);
    this.#sentAt.set(key, this.#now());
  }

  #isDue(key: string): boolean {
    const at = this.#sentAt.get(key);
    return at === undefined || this.#now() - at >= PROGRESS_INTERVAL_MS;
  }

  #hasRoom(): boolean {
    const now = this.#now();
    if (now - this.#secondBegan >= 1_000) {
      this.#secondBegan = now;
      this.#sentInSecond = 0;
    }
    return this.#sentInSecond < PROGRESS_PER_SECOND_MAX;
  }

  #schedule(): void {
    if (this.#timer !== undefined || (this.#waiting.size === 0 && this.#sentAt.size === 0)) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, PROGRESS_INTERVAL_MS / 4);
    this.#timer.unref();
  }
}
