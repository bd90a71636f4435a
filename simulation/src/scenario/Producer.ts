import type { Answer, SimulatedDoor } from '../processes/SimulatedDoor.js';
import { anActor } from '../world/Actor.js';
import type { World } from '../world/World.js';
import type { Sending } from './history.js';

/** How long a producer waits for an answer before it sends the same again. */
const ANSWER_MS_MAX = 5_000;
const RETRY_MS = 50;
/** Events come in bursts, with pauses between them. */
const PAUSE_MS_MAX = 1_500;
const BURST_CHANCE = 0.7;

/** Sends each event until it knows that it was taken, as an SDK does. It is not among what may fail. */
export class Producer {
  readonly actor = anActor('producer');
  /** What was answered to each sending, in order; null over NATS, where an acknowledgement is all that there is. */
  readonly answers: (Answer | null | undefined)[] = [];
  readonly #world: World;
  readonly #history: readonly Sending[];
  readonly #doors: () => readonly SimulatedDoor[];
  #next = 0;
  #inFlight = 0;

  constructor(world: World, of: { history: readonly Sending[]; doors: () => readonly SimulatedDoor[] }) {
    this.#world = world;
    this.#history = of.history;
    this.#doors = of.doors;
  }

  get isDone(): boolean {
    return this.#next === this.#history.length && this.#inFlight === 0;
  }

  start(): void {
    this.#world.scheduler.post(this.actor, 'begins to send', () => this.#goOn());
  }

  #goOn(): void {
    if (this.#next === this.#history.length) return;
    const { random, scheduler } = this.#world;
    this.#inFlight++;
    this.#send(this.#next++);
    const ms = random.chance(BURST_CHANCE) ? 0 : random.between(0, PAUSE_MS_MAX);
    scheduler.alarm(this.actor, { ms, what: 'has another event' }, () => this.#goOn());
  }

  #send(index: number): void {
    const { scheduler } = this.#world;
    const sending = this.#history[index];
    if (sending === undefined) throw new RangeError(`there is no sending ${index}`);
    // Of two answers — a retry was under way when the first came after all — the first counts.
    const settle = (answer: Answer | null): void => {
      if (this.answers[index] !== undefined) return;
      this.answers[index] = answer;
      this.#inFlight--;
    };
    const again = (ms: number): void => {
      scheduler.alarm(this.actor, { ms, what: `sends ${index} again` }, () => {
        if (this.answers[index] === undefined) this.#attempt(index, sending, { settle, again });
      });
    };
    this.#attempt(index, sending, { settle, again });
  }

  #attempt(index: number, { over, wire }: Sending, then: { settle(answer: Answer | null): void; again(ms: number): void }): void {
    const { scheduler, nats } = this.#world;
    if (over === 'nats') {
      void nats
        .publisher(this.actor)
        .publish(`events.${wire.type}`, JSON.stringify(wire), { msgID: `${wire.event_id} ${index}` })
        .then(
          () => then.settle(null),
          () => then.again(RETRY_MS),
        );
      return;
    }
    const doors = this.#doors().filter(({ actor }) => actor.isAlive);
    if (doors.length === 0) {
      then.again(RETRY_MS);
      return;
    }
    const door = scheduler.random.pick(doors);
    scheduler.post(door.actor, `is sent ${index}`, () => {
      void door.submit(wire).then((answer) => {
        scheduler.post(this.actor, `is answered ${index}: ${answer.status}`, () => {
          if (answer.status === 'unavailable') then.again(RETRY_MS);
          else then.settle(answer);
        });
      });
    });
    then.again(ANSWER_MS_MAX);
  }
}
