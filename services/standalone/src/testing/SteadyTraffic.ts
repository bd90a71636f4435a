import { setTimeout as delay } from 'node:timers/promises';

export interface SentEvent {
  event_id: string;
  type: string;
  actor: { user_id: string };
  occurred_at: string;
  properties: { repo: string };
}

const EVENTS_A_REQUEST = 40;
/** Between two requests, so that there is traffic for as long as a test wants it, and not more than it can check. */
const PAUSE_MS = 20;
const SENT_TWICE = 0.1;
const USERS = 120;
const REPOS = 12;
const FROM = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

/** Sends events over HTTP until it is told to stop: the same ones each time, one in ten of them twice. Every request is answered with a 2xx. */
export class SteadyTraffic {
  /** Each once. */
  readonly sent: SentEvent[] = [];
  readonly #post: (events: readonly SentEvent[]) => Promise<void>;
  #random = 1;
  #stopped = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(post: (events: readonly SentEvent[]) => Promise<void>) {
    this.#post = post;
  }

  start(): void {
    this.#ended = this.#run();
    // Whoever stops it sees the failure; until then it must not count as unhandled.
    void Promise.allSettled([this.#ended]);
  }

  /** Rejects where a request was refused. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const fresh = Array.from({ length: EVENTS_A_REQUEST }, () => this.#make());
      const again = this.sent.filter((_, i) => i > this.sent.length - 2 * EVENTS_A_REQUEST && this.#next() < SENT_TWICE);
      await this.#post([...fresh, ...again]);
      this.sent.push(...fresh);
      await delay(PAUSE_MS);
    }
  }

  #made = 0;

  #make(): SentEvent {
    const n = this.#made++;
    return {
      event_id: `scale-${String(n)}`,
      type: 'build.succeeded',
      actor: { user_id: `user-${String(Math.floor(this.#next() * USERS))}` },
      occurred_at: new Date(FROM + n * MINUTE_MS).toISOString(),
      properties: { repo: `repo-${String(Math.floor(this.#next() * REPOS))}` },
    };
  }

  /** In [0, 1). Source: Numerical Recipes, the quick and dirty generator with modulus 2^32. */
  #next(): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#random / 2 ** 32;
  }
}
