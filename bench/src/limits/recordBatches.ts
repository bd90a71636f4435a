import { type CairnEvent, DEFAULT_TENANT_ID } from '@cairn/contracts';
import { type Catalogue, fold, type StateFormatError } from '@cairn/engine';
import { BatchBuilder, type CachedUser, cachedUserOf, toEngineEvent } from '@cairn/rule-evaluator/parts';
import type { EvaluationBatch } from '@cairn/store';
import type { Submission } from '../pipeline/standardSubmissions.js';
import { admitStandard } from '../work/admitStandard.js';
import { gatherEntries } from '../work/logEntries.js';

export interface RecordOptions {
  catalogue: Catalogue;
  tenantKey: number;
  userKeys: ReadonlyMap<string, number>;
  /** By partition. */
  epochs: ReadonlyMap<number, number>;
  eventsAnEntry: number;
  eventsABatch: number;
}

/** The transactions of every partition, in order, that a log full of these submissions comes to. */
export function recordBatches(submissions: readonly Submission[], options: RecordOptions): Map<number, EvaluationBatch[]> {
  const recording = new Recording(options);
  const entries = gatherEntries(admitStandard(submissions), options.eventsAnEntry);
  for (const [i, entry] of entries.entries()) recording.add(entry, i + 1);
  return recording.finish();
}

/** What one partition has gathered for its next transaction. */
interface Gathered {
  builder: BatchBuilder;
  events: number;
}

class Recording {
  readonly #options: RecordOptions;
  readonly #users = new Map<string, CachedUser>();
  readonly #seen = new Set<string>();
  readonly #gathered = new Map<number, Gathered>();
  /** Where each partition is, and where its next batch begins. */
  readonly #reached = new Map<number, number>();
  readonly #begun = new Map<number, number>();
  readonly #batches = new Map<number, EvaluationBatch[]>();

  constructor(options: RecordOptions) {
    this.#options = options;
  }

  add({ partition, events }: ReturnType<typeof gatherEntries>[number], sequence: number): void {
    const gathered = this.#gathered.get(partition) ?? { builder: new BatchBuilder(partition), events: 0 };
    this.#gathered.set(partition, gathered);
    for (const [index, event] of events.entries()) {
      if (this.#seen.has(event.eventId)) continue;
      this.#seen.add(event.eventId);
      this.#fold(gathered, event, { sequence, index });
    }
    this.#reached.set(partition, sequence);
    if (gathered.events >= this.#options.eventsABatch) this.#end(partition, gathered);
  }

  finish(): Map<number, EvaluationBatch[]> {
    for (const [partition, gathered] of this.#gathered) this.#end(partition, gathered);
    return this.#batches;
  }

  /** As the evaluator does it with an event that is new. */
  #fold(gathered: Gathered, event: CairnEvent, place: { sequence: number; index: number }): void {
    const user = this.#user(event.userId);
    const { builder } = gathered;
    builder.touch(user);
    const effects = fold(this.#options.catalogue, user.state, toEngineEvent(event, place));
    builder.addEvent(user, event, { place, matched: effects.matched });
    user.matches.note(event, effects.matched);
    builder.addEffects(user, effects, { ...place, matches: user.matches });
    gathered.events++;
  }

  #end(partition: number, { builder }: Gathered): void {
    const oldSeq = this.#begun.get(partition) ?? 0;
    const newSeq = this.#reached.get(partition) ?? 0;
    const batch = builder.build({ epoch: this.#options.epochs.get(partition) ?? 0, oldSeq, newSeq });
    this.#batches.set(partition, [...(this.#batches.get(partition) ?? []), batch]);
    this.#begun.set(partition, newSeq);
    this.#gathered.delete(partition);
  }

  #user(userId: string): CachedUser {
    let user = this.#users.get(userId);
    if (user === undefined) {
      const userKey = this.#options.userKeys.get(userId);
      if (userKey === undefined) throw new Error(`${userId} has no key`);
      const { tenantKey } = this.#options;
      const row = { userId, userKey, state: null, lastSeq: null };
      user = cachedUserOf(row, { tenant: { tenantKey, tenantId: DEFAULT_TENANT_ID }, kind: 'user', number: 0, unreadable: fail });
      this.#users.set(userId, user);
    }
    return user;
  }
}

function fail(_: CachedUser, error: StateFormatError): never {
  throw error;
}
