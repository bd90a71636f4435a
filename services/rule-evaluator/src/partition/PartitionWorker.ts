import { type CommittedBatch, classify } from '@cairn/store';
import { applyControl } from '../control/applyControl.js';
import { BATCH_ATTEMPTS_MAX, BATCH_EVENTS_MAX, LOOKUP_BATCHES, RESTART_DELAY_MS_MAX, RESTART_DELAY_MS_MIN } from '../limits.js';
import type { LogReader } from '../log/EvaluationLog.js';
import { BatchFolder, type FoldedBatch, PoisonousEvent } from './BatchFolder.js';
import { decodeEntry, type Entry, weightOf } from './decodeEntry.js';
import type { WorkerPorts } from './WorkerPorts.js';

/** A failed commit that another fold of the same entries can mend. */
class FoldAgain extends Error {
  readonly code = 'fold_again';

  constructor(
    readonly folded: FoldedBatch,
    readonly because: 'identity_taken' | 'unlock_taken' | 'xp_taken',
    options: ErrorOptions,
  ) {
    super(`batch ${folded.number} must be folded again: ${because}`, options);
    this.name = 'FoldAgain';
  }
}

/**
 * The loop of one partition: take what has arrived, fold it, commit it, and fold the next while it commits.
 * PostgreSQL holds the position; all that is in memory can be forgotten at any moment and loaded again.
 */
export class PartitionWorker {
  readonly #ports: WorkerPorts;
  readonly #partition: number;
  readonly #epoch: number;
  readonly #folder: BatchFolder;
  readonly #stopping = new AbortController();
  #reader: LogReader | undefined;
  #carried: Entry | undefined;
  /** Where the next batch begins: committed, or being committed. */
  #position = 0;
  #committing: Promise<void> = Promise.resolve();
  #lookUpsLeft = LOOKUP_BATCHES;
  #ended: Promise<void> | undefined;

  constructor(ports: WorkerPorts, owned: { partition: number; epoch: number }) {
    this.#ports = ports;
    this.#partition = owned.partition;
    this.#epoch = owned.epoch;
    this.#folder = new BatchFolder(ports.store, owned.partition);
  }

  get epoch(): number {
    return this.#epoch;
  }

  get folder(): BatchFolder {
    return this.#folder;
  }

  start(): void {
    this.#ended ??= this.#run();
  }

  /** Commits what is folded, and ends. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reader?.close();
    await this.#ended;
    await this.#ports.store.close();
  }

  async #run(): Promise<void> {
    let delayMs = RESTART_DELAY_MS_MIN;
    while (!this.#isStopping()) {
      const began = this.#position;
      try {
        await this.#follow();
      } catch (error) {
        if (this.#isStopping()) return;
        if (classify(error) === 'fenced') {
          this.#ports.logger.info({ partition: this.#partition, epoch: this.#epoch }, 'another evaluator owns the partition');
          this.#ports.events.fenced(this.#partition);
          return;
        }
        delayMs = this.#position > began ? RESTART_DELAY_MS_MIN : Math.min(delayMs * 2, RESTART_DELAY_MS_MAX);
        this.#ports.logger.warn(
          { err: error, partition: this.#partition, delay_ms: delayMs },
          'the partition starts over from its committed position',
        );
        await this.#ports.pause(delayMs, this.#stopping.signal);
      }
    }
  }

  /** From the committed position on, until something breaks. */
  async #follow(): Promise<void> {
    this.#folder.clear();
    this.#carried = undefined;
    this.#lookUpsLeft = LOOKUP_BATCHES;
    const { store, log } = this.#ports;
    const position = await store.position({ partition: this.#partition, epoch: this.#epoch });
    if (position === null) {
      this.#stopping.abort();
      this.#ports.events.fenced(this.#partition);
      return;
    }
    this.#position = position;
    const reader = await log.open({ partition: this.#partition, epoch: this.#epoch, after: position });
    this.#reader = reader;
    this.#committing = Promise.resolve();
    try {
      while (!this.#isStopping()) {
        if (this.#carried === undefined) await this.#arrival(reader);
        const entries = this.#take(reader);
        const control = entries[0];
        if (control?.kind === 'control') {
          await this.#settled();
          await this.#applyControl(control);
        } else if (entries.length > 0) {
          await this.#advance(entries);
        }
      }
      await this.#settled();
    } finally {
      this.#reader = undefined;
      await Promise.allSettled([this.#committing]);
      await reader.close();
    }
  }

  /** Resolves when there is something to take. A commit that fails meanwhile is mended at once, not only when more arrives. */
  async #arrival(reader: LogReader): Promise<void> {
    const arrived = reader.ready();
    void Promise.allSettled([arrived]);
    try {
      await Promise.race([arrived, this.#committing.then(() => arrived)]);
    } catch (error) {
      await this.#mend(error);
      await arrived;
    }
  }

  /** What has arrived, up to a batch; a control entry comes alone, at its place in the order. */
  #take(reader: LogReader): Entry[] {
    const entries: Entry[] = [];
    let weight = 0;
    while (weight < BATCH_EVENTS_MAX) {
      const entry = this.#carried ?? this.#shift(reader);
      this.#carried = undefined;
      if (entry === undefined) break;
      if (entry.kind === 'control') {
        if (entries.length === 0) return [entry];
        this.#carried = entry;
        break;
      }
      entries.push(entry);
      weight += weightOf(entry);
    }
    return entries;
  }

  #shift(reader: LogReader): Entry | undefined {
    const raw = reader.shift();
    return raw === undefined ? undefined : decodeEntry(raw);
  }

  /** Folds while the batch before is being committed, and starts to commit once that one is through. */
  async #advance(entries: readonly Entry[]): Promise<void> {
    const oldSeq = this.#position;
    let folded: FoldedBatch | undefined;
    try {
      folded = await this.#foldOnce(entries, { oldSeq });
      await this.#committing;
    } catch (error) {
      if (folded !== undefined) this.#folder.discard(folded);
      await this.#mend(error);
      folded = await this.#foldOnce(entries, { oldSeq });
    }
    this.#position = folded.batch.newSeq;
    this.#committing = this.#commit(folded);
    // Whoever awaits it sees the failure; until then it must not count as unhandled.
    void Promise.allSettled([this.#committing]);
  }

  async #settled(): Promise<void> {
    try {
      await this.#committing;
    } catch (error) {
      await this.#mend(error);
    }
  }

  /** A batch that could not be committed as it was is folded again, with what was learned, and committed. */
  async #mend(error: unknown): Promise<void> {
    let failure = error;
    this.#committing = Promise.resolve();
    for (let attempt = 1; failure instanceof FoldAgain && attempt <= BATCH_ATTEMPTS_MAX; attempt++) {
      const { entries, batch } = failure.folded;
      this.#folder.discard(failure.folded);
      this.#lookUpsLeft = LOOKUP_BATCHES;
      this.#ports.logger.info(
        { partition: this.#partition, because: failure.because, events: batch.events.eventId.length },
        'a batch is folded again',
      );
      const repairUnlocks = failure.because !== 'identity_taken';
      try {
        await this.#commit(await this.#foldOnce(entries, { oldSeq: batch.oldSeq, repairUnlocks }));
        return;
      } catch (next) {
        failure = next;
      }
    }
    throw failure;
  }

  async #foldOnce(entries: readonly Entry[], from: { oldSeq: number; repairUnlocks?: boolean }): Promise<FoldedBatch> {
    const hints = { lookUpIdentities: this.#lookUpsLeft > 0, repairUnlocks: from.repairUnlocks ?? false };
    this.#lookUpsLeft = Math.max(0, this.#lookUpsLeft - 1);
    for (;;) {
      try {
        return await this.#folder.fold(entries, { epoch: this.#epoch, oldSeq: from.oldSeq }, hints);
      } catch (error) {
        if (!(error instanceof PoisonousEvent)) throw error;
        this.#ports.logger.error(
          { err: error, partition: this.#partition, ...error.place },
          'an event cannot be folded: it goes to the dead letters',
        );
        // Its users may be those of the commit under way, and must not be forgotten before that is through.
        await this.#committing;
        this.#folder.discard(error);
        this.#folder.markPoisonous(error.place, String(error.cause));
      }
    }
  }

  async #commit(folded: FoldedBatch): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const committed = await this.#ports.store.commit(folded.batch);
        this.#committed(folded, committed);
        return;
      } catch (error) {
        const code = classify(error);
        if (code === 'identity_taken' || code === 'unlock_taken' || code === 'xp_taken')
          throw new FoldAgain(folded, code, { cause: error });
        if (code !== 'retryable' || attempt >= BATCH_ATTEMPTS_MAX) throw error;
      }
    }
  }

  #committed(folded: FoldedBatch, committed: CommittedBatch): void {
    this.#reader?.acknowledge(folded.batch.newSeq);
    this.#folder.users.trim(folded.number);
    this.#ports.events.committed(folded, committed);
  }

  async #applyControl(entry: Entry & { kind: 'control' }): Promise<void> {
    const steps = applyControl(entry, {
      partition: this.#partition,
      epoch: this.#epoch,
      position: this.#position,
      folder: this.#folder,
      ports: this.#ports,
    });
    for await (const folded of steps) {
      await this.#commit(folded);
      this.#position = folded.batch.newSeq;
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }
}
