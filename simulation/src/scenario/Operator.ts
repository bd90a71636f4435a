import { type ControlBody, encodeControlEntry, logControlSubject } from '@cairn/contracts';
import { anActor } from '../world/Actor.js';
import type { World } from '../world/World.js';
import type { Erasure } from './Eraser.js';

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
  readonly #erased: (erasure: Erasure) => void;
  #done = 0;
  /** Where who is who was said last; none while that is on its way. */
  #people = 0;

  constructor(world: World, of: { orders: readonly Order[]; erased(erasure: Erasure): void }) {
    this.#world = world;
    this.#orders = of.orders;
    this.#erased = (erasure) => of.erased(erasure);
  }

  get isDone(): boolean {
    return this.#done === this.#orders.length;
  }

  start(): void {
    for (const [i, { afterMs, body }] of this.#orders.entries())
      this.#world.scheduler.alarm(this.#actor, { ms: afterMs, what: `orders ${body.kind}` }, () => this.#begin(`order-${i}`, body));
  }

  /** Who is who is changed one after the other: each follows from what the one before it led to. */
  #begin(entryId: string, body: ControlBody): void {
    if (body.kind !== 'users_merged' && body.kind !== 'user_erased') {
      this.#put(entryId, body);
      return;
    }
    const { tables } = this.#world.database;
    if (!tables.arePast(this.#people)) {
      this.#world.scheduler.alarm(this.#actor, { ms: RETRY_MS, what: `waits for people` }, () => this.#begin(entryId, body));
      return;
    }
    this.#people = Number.POSITIVE_INFINITY;
    const [name = ''] = body.kind === 'user_erased' ? body.userIds : [];
    this.#put(entryId, body.kind === 'user_erased' ? { ...body, userIds: tables.aliases.namesOf(name) } : body);
  }

  #put(entryId: string, body: ControlBody): void {
    const { nats, scheduler } = this.#world;
    const entry = { entryId, tenantId: 'default', at: Date.UTC(2026, 5, 1), actor: 'simulation', body };
    void nats
      .publisher(this.#actor)
      .publish(logControlSubject('default', body.kind), encodeControlEntry(entry), { msgID: entryId })
      .then(
        ({ seq: sequence }) => {
          this.#done++;
          if (body.kind === 'users_merged' || body.kind === 'user_erased') this.#people = sequence;
          if (body.kind === 'user_erased') this.#erased({ userIds: body.userIds, sequence });
        },
        () => scheduler.alarm(this.#actor, { ms: RETRY_MS, what: `orders ${body.kind} again` }, () => this.#put(entryId, body)),
      );
  }
}
