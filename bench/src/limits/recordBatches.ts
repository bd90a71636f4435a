import { type Catalogue, emptyState } from '@cairn/engine';
import type { EvaluationBatch } from '@cairn/store';
import type { Submission } from '../pipeline/standardSubmissions.js';
import { admitStandard } from '../work/admitStandard.js';
import { gatherEntries } from '../work/logEntries.js';
import { BatchRecorder, type RecordedUser } from './BatchRecorder.js';

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

class Recording {
  readonly #options: RecordOptions;
  readonly #users = new Map<string, RecordedUser>();
  readonly #seen = new Set<string>();
  readonly #recorders = new Map<number, BatchRecorder>();
  /** Where each partition is, and where its next batch begins. */
  readonly #reached = new Map<number, number>();
  readonly #begun = new Map<number, number>();
  readonly #batches = new Map<number, EvaluationBatch[]>();

  constructor(options: RecordOptions) {
    this.#options = options;
  }

  add({ partition, events }: ReturnType<typeof gatherEntries>[number], sequence: number): void {
    const recorder = this.#recorders.get(partition) ?? new BatchRecorder(this.#options);
    this.#recorders.set(partition, recorder);
    for (const [index, event] of events.entries()) {
      if (this.#seen.has(event.eventId)) continue;
      this.#seen.add(event.eventId);
      recorder.add(this.#user(event.userId), event, { sequence, index });
    }
    this.#reached.set(partition, sequence);
    if (recorder.size >= this.#options.eventsABatch) this.#end(partition, recorder);
  }

  finish(): Map<number, EvaluationBatch[]> {
    for (const [partition, recorder] of this.#recorders) this.#end(partition, recorder);
    return this.#batches;
  }

  #end(partition: number, recorder: BatchRecorder): void {
    const oldSeq = this.#begun.get(partition) ?? 0;
    const newSeq = this.#reached.get(partition) ?? 0;
    const batch = recorder.build({ partition, epoch: this.#options.epochs.get(partition) ?? 0, oldSeq, newSeq });
    this.#batches.set(partition, [...(this.#batches.get(partition) ?? []), batch]);
    this.#begun.set(partition, newSeq);
    this.#recorders.delete(partition);
  }

  #user(userId: string): RecordedUser {
    let user = this.#users.get(userId);
    if (user === undefined) {
      const userKey = this.#options.userKeys.get(userId);
      if (userKey === undefined) throw new Error(`${userId} has no key`);
      user = { userId, userKey, state: emptyState() };
      this.#users.set(userId, user);
    }
    return user;
  }
}
