import { setTimeout as delay } from 'node:timers/promises';
import { SeededRandom } from '@cairn/testing/random';
import type { NatsConnection } from '@nats-io/transport-node';
import type { ChaosWorld } from '../world/ChaosWorld.js';
import { type ByHand, handLane } from './handLane.js';
import { httpLane } from './httpLane.js';
import type { Load } from './Load.js';
import { natsLane } from './natsLane.js';

const HTTP_LANES = 6;
const NATS_LANES = 3;
/** So that no two lanes of no two seeds draw the same numbers. */
const SEEDS_A_RUN = 1_000;

/** All who send: over HTTP, over NATS, and by hand. */
export class Producers {
  readonly byHand: ByHand = { honoured: new Set(), revoked: new Set() };
  readonly #broken = new AbortController();
  readonly #stopHands = new AbortController();
  readonly #lanes: Promise<unknown>;
  readonly #hands: Promise<void>;

  constructor(of: { world: ChaosWorld; load: Load; nats: NatsConnection; seed: number }) {
    const { world, load, nats, seed } = of;
    const signal = this.#broken.signal;
    const lanes: Promise<void>[] = [];
    const random = (): SeededRandom => new SeededRandom(seed * SEEDS_A_RUN + lanes.length);
    for (let n = 0; n < HTTP_LANES; n++) lanes.push(httpLane({ load, world, random: random(), signal }));
    for (let n = 0; n < NATS_LANES; n++) lanes.push(natsLane({ load, nats, random: random(), signal }));
    this.#lanes = Promise.all(lanes);
    this.#hands = handLane({ world, load, byHand: this.byHand, stop: this.#stopHands.signal });
    // Whoever waits for them sees what went wrong.
    void Promise.allSettled([this.#lanes, this.#hands]);
  }

  /** @returns whether everything was sent and answered in that time */
  async finished(msMax: number): Promise<boolean> {
    const late = new AbortController();
    const isLate = delay(msMax, false, { signal: late.signal }).catch(() => false);
    try {
      return await Promise.race([this.#lanes.then(() => true), isLate]);
    } finally {
      late.abort();
    }
  }

  /** Nobody gives anything by hand any more; what is under way is done. */
  async restHands(): Promise<void> {
    this.#stopHands.abort();
    await this.#hands;
  }

  async stop(): Promise<void> {
    this.#broken.abort();
    this.#stopHands.abort();
    await Promise.allSettled([this.#lanes, this.#hands]);
  }
}
