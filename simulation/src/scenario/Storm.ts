import type { SimulatedDoor } from '../processes/SimulatedDoor.js';
import type { SimulatedEvaluator } from '../processes/SimulatedEvaluator.js';
import { anActor } from '../world/Actor.js';
import { NO_FAULTS } from '../world/Network.js';
import { CALM, type World } from '../world/World.js';

/** The processes that are there, and how new ones come about. */
export interface Fleet {
  readonly evaluators: SimulatedEvaluator[];
  readonly doors: SimulatedDoor[];
  addEvaluator(): void;
  addDoor(): void;
}

const BLOW_MS_MAX = 2_000;
/** Beyond a lease, so that it wakes up as a zombie. */
const FREEZE_MS_MAX = 25_000;
const RESTART_MS_MAX = 5_000;
const CLOCK_ERROR_MS_MAX = 3_600_000;

/** Makes things go wrong, for as long as it lasts. */
export class Storm {
  readonly #actor = anActor('storm');
  readonly #world: World;
  readonly #fleet: Fleet;
  #isOver = false;

  constructor(world: World, fleet: Fleet) {
    this.#world = world;
    this.#fleet = fleet;
  }

  start(): void {
    const { random } = this.#world;
    const rate = random.between(0, 0.05);
    this.#world.weather = {
      nats: { lostRequest: rate, lostAnswer: rate, lateRequest: rate, doubledRequest: rate, refused: rate },
      database: { ...NO_FAULTS, lostRequest: rate, lostAnswer: rate, refused: rate },
    };
    this.#schedule();
  }

  /** Nothing more goes wrong. What is frozen wakes up when its time comes. */
  end(): void {
    this.#isOver = true;
    this.#world.weather = CALM;
  }

  #schedule(): void {
    const { scheduler, random } = this.#world;
    scheduler.alarm(this.#actor, { ms: random.between(1, BLOW_MS_MAX), what: 'blows' }, () => {
      if (this.#isOver) return;
      this.#blow();
      this.#schedule();
    });
  }

  #blow(): void {
    const { random, scheduler } = this.#world;
    const evaluators = this.#fleet.evaluators.filter(({ actor }) => actor.isAlive);
    const doors = this.#fleet.doors.filter(({ actor }) => actor.isAlive);
    const blow = random.below(8);
    if (blow === 0 && evaluators.length > 0) this.#kill(random.pick(evaluators), () => this.#fleet.addEvaluator());
    else if (blow === 1 && doors.length > 0) this.#kill(random.pick(doors), () => this.#fleet.addDoor());
    else if (blow === 2 && evaluators.length > 0) this.#freeze(random.pick(evaluators));
    else if (blow === 3 && doors.length > 0) this.#freeze(random.pick(doors));
    else if (blow === 4 && evaluators.length > 0) {
      const { log, actor } = random.pick(evaluators);
      scheduler.post(actor, 'misses a delivery', () => log.break());
    } else if (blow === 5 && evaluators.length < 4) this.#fleet.addEvaluator();
    else if (blow === 6 && evaluators.length > 1) random.pick(evaluators).stop();
    else if (blow === 7) {
      const all = [...evaluators, ...doors];
      if (all.length > 0) random.pick(all).actor.clockErrorMs = random.between(-CLOCK_ERROR_MS_MAX, CLOCK_ERROR_MS_MAX);
    }
  }

  #kill({ actor }: SimulatedEvaluator | SimulatedDoor, replace: () => void): void {
    const { random, scheduler } = this.#world;
    scheduler.kill(actor);
    scheduler.alarm(this.#actor, { ms: random.between(0, RESTART_MS_MAX), what: `replaces ${actor.name}` }, replace);
  }

  #freeze({ actor }: SimulatedEvaluator | SimulatedDoor): void {
    actor.frozenUntil = this.#world.scheduler.now + this.#world.random.between(1, FREEZE_MS_MAX);
  }
}
