import { encodeControlEntry, logControlSubject } from '@cairn/contracts';
import { anActor } from '../world/Actor.js';
import type { World } from '../world/World.js';
import { LATER_PACK } from './pack.js';

const RETRY_MS = 100;

/** Puts another version of the pack into the log at some moment, as the API does: again and again until it is known to be there. */
export class Publisher {
  readonly #actor = anActor('publisher');
  readonly #world: World;
  isDone = false;

  constructor(world: World) {
    this.#world = world;
  }

  publishAfter(ms: number): void {
    this.#world.scheduler.alarm(this.#actor, { ms, what: 'publishes' }, () => this.#publish());
  }

  #publish(): void {
    const { nats, scheduler } = this.#world;
    const body = { kind: 'pack_published' as const, pack: LATER_PACK.pack, contentJson: JSON.stringify(LATER_PACK) };
    const entry = { entryId: 'publication', tenantId: 'default', at: Date.UTC(2026, 5, 1), actor: 'simulation', body };
    void nats
      .publisher(this.#actor)
      .publish(logControlSubject('default', body.kind), encodeControlEntry(entry), { msgID: entry.entryId })
      .then(
        () => {
          this.isDone = true;
        },
        () => scheduler.alarm(this.#actor, { ms: RETRY_MS, what: 'publishes again' }, () => this.#publish()),
      );
  }
}
