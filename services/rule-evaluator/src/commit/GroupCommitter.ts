import { setImmediate } from 'node:timers/promises';
import { type CommittedBatch, classify, type EvaluationBatch } from '@cairn/store';
import { COMMIT_ROWS_MAX } from '../limits.js';
import { rowsIn } from './rowsIn.js';

/** Batches of different partitions in one transaction: all of them, or nothing of any. */
export type CommitTogether = (batches: readonly EvaluationBatch[]) => Promise<CommittedBatch[]>;

interface Waiting {
  batch: EvaluationBatch;
  resolve(committed: CommittedBatch): void;
  reject(error: unknown): void;
}

/**
 * Commits what the partitions of a process have ready in one transaction, while the next gathers: eight partitions that have an event
 * each cost one sync of the disk and one round of statements, not eight. Where that fails, each batch is tried by itself, so that no
 * partition suffers from what is wrong with another; one that was refused by itself goes alone until it is well again.
 */
export class GroupCommitter {
  readonly #commitTogether: CommitTogether;
  /** At most one for each partition: its next batch comes when this one is through. */
  #waiting: Waiting[] = [];
  readonly #alone = new Set<number>();
  #isRunning = false;

  constructor(commitTogether: CommitTogether) {
    this.#commitTogether = commitTogether;
  }

  /** Resolves and rejects as the store does for the batch alone. */
  commit(batch: EvaluationBatch): Promise<CommittedBatch> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      if (this.#isRunning) return;
      this.#isRunning = true;
      void this.#run();
    });
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // After all that this turn of the loop brings: what comes in together goes out together.
      await setImmediate();
      await this.#commitGroup(this.#take());
    }
    this.#isRunning = false;
  }

  /** Those that wait for longest, as far as they fit into one transaction. */
  #take(): Waiting[] {
    const [first, ...others] = this.#waiting;
    if (first === undefined) return [];
    const group = [first];
    let rows = rowsIn(first.batch);
    if (!this.#alone.has(first.batch.partition)) {
      for (const next of others) {
        const more = rowsIn(next.batch);
        if (this.#alone.has(next.batch.partition) || rows + more > COMMIT_ROWS_MAX) continue;
        group.push(next);
        rows += more;
      }
    }
    const taken = new Set(group);
    this.#waiting = this.#waiting.filter((waiting) => !taken.has(waiting));
    return group;
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    const [first, second] = group;
    if (first === undefined) return;
    if (second === undefined) return this.#commitAlone(first);
    try {
      const committed = await this.#commitTogether(group.map(({ batch }) => batch));
      for (const [i, waiting] of group.entries()) this.#settle(waiting, committed[i]);
    } catch (error) {
      // It is not known whether they were committed: whoever asks the database for their position will see.
      if (classify(error) === 'connection') for (const { reject } of group) reject(error);
      else for (const waiting of group) await this.#commitAlone(waiting);
    }
  }

  async #commitAlone(waiting: Waiting): Promise<void> {
    const { partition } = waiting.batch;
    try {
      const [committed] = await this.#commitTogether([waiting.batch]);
      this.#alone.delete(partition);
      this.#settle(waiting, committed);
    } catch (error) {
      if (classify(error) !== 'connection') this.#alone.add(partition);
      waiting.reject(error);
    }
  }

  #settle({ batch, resolve, reject }: Waiting, committed: CommittedBatch | undefined): void {
    if (committed === undefined) reject(new Error(`the batch of partition ${batch.partition} was committed but not answered`));
    else resolve(committed);
  }
}
