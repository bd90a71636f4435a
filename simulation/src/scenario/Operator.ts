import { type ControlBody, encodeControlEntry, logControlSubject } from '@cairn/contracts';
import { anActor } from '../world/Actor.js';
import type { World } from '../world/World.js';

const RETRY_MS = 100;

/** Something that a person does, and when. */
export interface Order {
  afterMs: number;
  body: ControlBody;
}

/** Puts what people publish and correct into the log, as the API does: each again and again until it is known to be there. */
export class Operator {
  readonly #actor = anActor('operator');
  readonly #world: World;
  readonly #orders: readonly Order[];
  #done = 0;

  constructor(world: World, orders: readonly Order[]) {
    this.#world = world;
    this.#orders = orders;
  }

  get isDone(): boolean {
    return this.#done === this.#orders.length;
  }

  start(): void {
    for (const [i, { afterMs, body }] of this.#orders.entries())
      this.#world.scheduler.alarm(this.#actor, { ms: afterMs, what: `orders ${body.kind}` }, () => this.#put(`order-${i}`, body));
  }

  #put(entryId: string, body: ControlBody): void {
    const { nats, scheduler } = this.#world;
    const entry = { entryId, tenantId: 'default', at: Date.UTC(2026, 5, 1), actor: 'simulation', body };
    void nats
      .publisher(this.#actor)
      .publish(logControlSubject('default', body.kind), encodeControlEntry(entry), { msgID: entryId })
      .then(
        () => {
          this.#done++;
        },
        () => scheduler.alarm(this.#actor, { ms: RETRY_MS, what: `orders ${body.kind} again` }, () => this.#put(entryId, body)),
      );
  }
}
