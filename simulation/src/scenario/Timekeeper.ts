import { encodeTick, TICK_MS, TICK_SUBJECT, tickIdOf } from '@cairn/contracts';
import { anActor } from '../world/Actor.js';
import type { World } from '../world/World.js';

const TICKS_MAX = 6;
const TICK_EVERY_MS_MAX = 4_000;
const RETRY_MS = 100;
const FROM = Date.UTC(2026, 5, 1);

/** Puts ticks into the log while other things happen: each again and again until it is known to be there. */
export class Timekeeper {
  readonly #actor = anActor('timekeeper');
  readonly #world: World;
  readonly #ticks: number;
  #done = 0;

  constructor(world: World) {
    this.#world = world;
    this.#ticks = world.random.below(TICKS_MAX + 1);
  }

  get isDone(): boolean {
    return this.#done === this.#ticks;
  }

  start(): void {
    const { random, scheduler } = this.#world;
    let ms = 0;
    for (let i = 0; i < this.#ticks; i++) {
      ms += random.below(TICK_EVERY_MS_MAX);
      const at = FROM + i * TICK_MS;
      scheduler.alarm(this.#actor, { ms, what: 'ticks' }, () => this.#put(at));
    }
  }

  #put(at: number): void {
    const { nats, scheduler } = this.#world;
    void nats
      .publisher(this.#actor)
      .publish(TICK_SUBJECT, encodeTick(at), { msgID: tickIdOf(at) })
      .then(
        () => {
          this.#done++;
        },
        () => scheduler.alarm(this.#actor, { ms: RETRY_MS, what: 'ticks again' }, () => this.#put(at)),
      );
  }
}
