import { type CommittedBatch, classify } from '@cairn/store';
import { BATCH_ATTEMPTS_MAX } from '../limits.js';
import type { BatchFolder } from './BatchFolder.js';
import { BatchRefused } from './BatchRefused.js';
import { type Entry, singly } from './decodeEntry.js';
import type { FoldedBatch } from './FoldedBatch.js';
import { LookUps } from './LookUps.js';
import { PoisonousEvent } from './PoisonousEvent.js';
import type { WorkerPorts } from './WorkerPorts.js';

/** What folds the batches of a loop: that of a partition, or that of the teams. */
export type PipelineFolder = Pick<BatchFolder, 'fold' | 'discard' | 'clear' | 'committed' | 'markPoisonous'>;

interface PipelinePorts extends Pick<WorkerPorts, 'store' | 'logger'> {
  folder: PipelineFolder;
  partition: number;
  epoch: number;
  committed(folded: FoldedBatch, committed: CommittedBatch): void;
}

/** Folds the batches of a partition and commits them in order, two deep: the next is folded while the one before commits. */
export class BatchPipeline {
  readonly #ports: PipelinePorts;
  /** Where the next batch begins: committed, or being committed. */
  #position = 0;
  #committing: Promise<void> = Promise.resolve();
  readonly #lookUps = new LookUps();

  constructor(ports: PipelinePorts) {
    this.#ports = ports;
  }

  get position(): number {
    return this.#position;
  }

  /** Rejects when the commit under way fails: `settle` then tells whether that could be mended. */
  get committing(): Promise<void> {
    return this.#committing;
  }

  /** With nothing in memory but the committed position. */
  begin(position: number): void {
    this.#ports.folder.clear();
    this.#position = position;
    this.#committing = Promise.resolve();
    this.#lookUps.begin();
  }

  /** Folds while the batch before is being committed, starts to commit once that one is through, and answers what did not fit in. */
  async advance(entries: readonly Entry[]): Promise<readonly Entry[]> {
    const oldSeq = this.#position;
    let folded = await this.#fold(entries, { oldSeq, repairUnlocks: false });
    if (await this.settle()) {
      // It was folded upon states that did not come to be.
      this.#ports.folder.discard(folded);
      folded = await this.#fold(entries, { oldSeq, repairUnlocks: false });
    }
    this.#position = folded.batch.newSeq;
    this.#committing = this.commit(folded);
    // Whoever awaits it sees the failure; until then it must not count as unhandled.
    void Promise.allSettled([this.#committing]);
    return folded.rest;
  }

  /** Resolves when nothing is under way: true where that took another fold of the batch. Rejects with what that cannot mend. */
  async settle(): Promise<boolean> {
    try {
      await this.#committing;
      return false;
    } catch (error) {
      this.#committing = Promise.resolve();
      if (!(error instanceof BatchRefused)) throw error;
      await this.#mend(error);
      return true;
    }
  }

  /** Resolves when nothing is under way, whatever became of it. */
  async ended(): Promise<void> {
    await Promise.allSettled([this.#committing]);
  }

  /** One batch by itself, with nothing under way. @throws BatchRefused; StoreError */
  async commitAlone(folded: FoldedBatch): Promise<void> {
    await this.commit(folded);
    this.#position = folded.batch.newSeq;
  }

  async commit(folded: FoldedBatch): Promise<void> {
    const { store, folder } = this.#ports;
    for (let attempt = 1; ; attempt++) {
      let committed: CommittedBatch;
      try {
        committed = await store.commit(folded.batch);
      } catch (error) {
        const refused = BatchRefused.of(folded, error);
        if (refused !== null) throw refused;
        if (classify(error) !== 'retryable' || attempt >= BATCH_ATTEMPTS_MAX) throw error;
        continue;
      }
      folder.committed(folded);
      this.#ports.committed(folded, committed);
      return;
    }
  }

  /** Folds a refused batch again with what was learned, and where that does not help looks for the events that are to blame. */
  async #mend(refused: BatchRefused): Promise<void> {
    const { entries, batch } = refused.folded;
    let failure = refused;
    for (let attempt = 1; failure.isMendable && attempt <= BATCH_ATTEMPTS_MAX; attempt++) {
      this.#log(failure, 'a batch is folded again');
      const next = await this.#tryAgain(entries, { oldSeq: batch.oldSeq, failure });
      if (next === null) return;
      failure = next;
    }
    this.#ports.folder.discard(failure.folded);
    this.#log(failure, 'a batch is committed event by event, to find what is wrong with it');
    let oldSeq = batch.oldSeq;
    for (const piece of singly(entries)) oldSeq = await this.#commitOrRefuse(piece, oldSeq);
  }

  /** Answers null, or how it was refused again. */
  async #tryAgain(entries: readonly Entry[], from: { oldSeq: number; failure: BatchRefused }): Promise<BatchRefused | null> {
    const { failure } = from;
    this.#ports.folder.discard(failure.folded);
    this.#lookUps.refused();
    try {
      await this.#commitAll(entries, { oldSeq: from.oldSeq, repairUnlocks: failure.because !== 'identity_taken' });
      return null;
    } catch (next) {
      if (next instanceof BatchRefused) return next;
      throw next;
    }
  }

  /** One event: where the database never takes it, it goes to the dead letters. Answers the position behind it. */
  async #commitOrRefuse(piece: Entry, oldSeq: number): Promise<number> {
    let failure: BatchRefused | null = null;
    for (let attempt = 1; attempt <= 2; attempt++) {
      this.#lookUps.refused();
      try {
        return await this.#commitAll([piece], { oldSeq, repairUnlocks: true });
      } catch (error) {
        if (!(error instanceof BatchRefused)) throw error;
        this.#ports.folder.discard(error.folded);
        failure = error;
      }
    }
    if (failure === null || piece.kind !== 'events') throw failure ?? new Error('unreachable');
    this.#log(failure, 'an event cannot be committed: it goes to the dead letters');
    this.#ports.folder.markPoisonous({ sequence: piece.sequence, index: piece.firstIndex }, String(failure.cause));
    return this.#commitAll([piece], { oldSeq, repairUnlocks: true });
  }

  async #commitAll(entries: readonly Entry[], from: { oldSeq: number; repairUnlocks: boolean }): Promise<number> {
    let rest = entries;
    let oldSeq = from.oldSeq;
    while (rest.length > 0) {
      const folded = await this.#fold(rest, { ...from, oldSeq });
      await this.commit(folded);
      oldSeq = folded.batch.newSeq;
      rest = folded.rest;
    }
    return oldSeq;
  }

  async #fold(entries: readonly Entry[], from: { oldSeq: number; repairUnlocks: boolean }): Promise<FoldedBatch> {
    const { folder, epoch } = this.#ports;
    const hints = { lookUpIdentities: this.#lookUps.next(), repairUnlocks: from.repairUnlocks };
    for (;;) {
      try {
        const folded = await folder.fold(entries, { epoch, oldSeq: from.oldSeq }, hints);
        this.#lookUps.told(folded.counts.surprises);
        return folded;
      } catch (error) {
        if (!(error instanceof PoisonousEvent)) throw error;
        this.#log(error, 'an event cannot be folded: it goes to the dead letters');
        // Its users may be those of the commit under way: they must not be loaded again before that is through, however it ends.
        await this.ended();
        folder.discard(error.traces);
        folder.markPoisonous(error.place, String(error.cause));
      }
    }
  }

  #log(error: BatchRefused | PoisonousEvent, message: string): void {
    const { logger, partition } = this.#ports;
    if (error instanceof BatchRefused && error.isMendable) logger.info({ partition, because: error.because }, message);
    else logger.error({ err: error, partition }, message);
  }
}
