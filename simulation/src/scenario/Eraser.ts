import { redactEntry } from '@cairn/rule-evaluator/parts';
import type { StoredMessage } from '../servers/SimulatedStream.js';
import { anActor } from '../world/Actor.js';
import type { World } from '../world/World.js';

const LOOK_MS = 500;

/** What is to be taken out of the log, once all have passed the entry that says so. */
export interface Erasure {
  userIds: readonly string[];
  sequence: number;
}

/** Takes users out of the log entry by entry, as an erasure does, while everything else goes on. It is not among what may fail. */
export class Eraser {
  readonly #actor = anActor('eraser');
  readonly #world: World;
  #pending = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get isDone(): boolean {
    return this.#pending === 0;
  }

  begin(erasure: Erasure): void {
    this.#pending++;
    this.#look(erasure);
  }

  /** One after the other, since of one entry several may be taken out. */
  #look(erasure: Erasure): void {
    const { scheduler, nats } = this.#world;
    scheduler.alarm(this.#actor, { ms: LOOK_MS, what: 'looks who is behind' }, () => {
      if (!this.#arePast(erasure)) this.#look(erasure);
      else this.#scan(erasure, nats.log.messages.slice(0, erasure.sequence));
    });
  }

  #arePast({ sequence, userIds }: Erasure): boolean {
    const { tables } = this.#world.database;
    const isTold = [...tables.outbox.values()].some(({ payload }) => userIds.some((name) => Buffer.from(payload).includes(name)));
    return tables.arePast(sequence) && !isTold;
  }

  #scan(erasure: Erasure, left: StoredMessage[]): void {
    const message = left.shift();
    if (message === undefined) {
      this.#pending--;
      return;
    }
    this.#world.scheduler.post(this.#actor, `looks at entry ${message.sequence}`, () => {
      void this.#redact(erasure, message).then(() => this.#scan(erasure, left));
    });
  }

  async #redact({ userIds }: Erasure, message: StoredMessage): Promise<void> {
    const { tables } = this.#world.database;
    const { subject, data, sequence } = message;
    // An id stands in an entry as it is: most need not be decoded.
    if (!userIds.some((userId) => Buffer.from(data).includes(userId))) return;
    const redacted = await redactEntry(
      { subject, data },
      {
        userIds: new Set(userIds),
        findTaken: (events) => {
          const rows = new Map(tables.events.filter((row) => row.sequence === sequence).map((row) => [row.index, row.eventIdHash]));
          const isTaken = (index: number, hash: Uint8Array): boolean => rows.get(index)?.equals(hash) === true;
          const taken = [...events].filter(([index, { identity }]) => isTaken(index, identity.eventIdHash));
          return Promise.resolve(new Set(taken.map(([index]) => index)));
        },
      },
    );
    if (redacted !== null) message.data = redacted.rest;
  }
}
