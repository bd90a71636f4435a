import { setTimeout as delay } from 'node:timers/promises';
import type { Load } from './load/Load.js';
import type { ChaosWorld } from './world/ChaosWorld.js';

const SECOND_MS = 1_000;
const LOOK_MS = 2_000;
const TELL_MS = 10_000;
const DRAIN_LOOK_MS = 200;
const ANSWER_MS_MAX = 5_000;
/** As much as is evaluated in half a minute on two busy cores; producers wait where there is more. */
const LAG_MAX = 80_000;

/** Looks how far behind everything is, holds the producers back where that is too far, and says now and then how it goes. */
export class LagWatch {
  peakLag = 0;
  readonly #world: ChaosWorld;
  readonly #load: Load;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(of: { world: ChaosWorld; load: Load }) {
    this.#world = of.world;
    this.#load = of.load;
    this.#ended = this.#watch();
  }

  /** Seconds from then on until nothing was left to do, or null where that took longer. */
  async drained(startMs: number, msMax: number): Promise<number | null> {
    while (performance.now() - startMs < msMax) {
      if ((await this.#lag()) === 0) return (performance.now() - startMs) / SECOND_MS;
      await delay(DRAIN_LOOK_MS);
    }
    return null;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #watch(): Promise<void> {
    let toldMs = performance.now();
    while (!this.#stop.signal.aborted) {
      const lag = await this.#lag();
      this.peakLag = Math.max(this.peakLag, lag ?? 0);
      if (lag !== null) this.#load.holdBack({ isOn: lag > LAG_MAX });
      if (performance.now() - toldMs >= TELL_MS && !this.#stop.signal.aborted) {
        toldMs = performance.now();
        const { answered, claimed, events, duplicates, retries } = this.#load;
        const { timeline } = this.#world;
        const behind = lag === null ? 'unknown' : String(lag);
        timeline.tell(
          `… ${String(answered)} of ${String(events)} events answered, ${String(claimed - answered)} under way, ${String(duplicates)} sent twice, ${String(retries)} sent again, lag ${behind}, ${String(timeline.kills)} kills`,
        );
      }
      await delay(LOOK_MS);
    }
  }

  /** null while nobody can say. */
  async #lag(): Promise<number | null> {
    try {
      const [url = ''] = this.#world.urlsOf('api');
      const response = await fetch(`${url}/v1/status`, {
        headers: { authorization: `Bearer ${this.#world.tokenOf('default')}` },
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
      });
      const text = await response.text();
      return response.ok ? (JSON.parse(text) as { lag: number }).lag : null;
    } catch {
      // The api is down or cut off, which it often is here.
      return null;
    }
  }
}
