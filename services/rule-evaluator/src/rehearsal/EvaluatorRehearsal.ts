import { type Catalogue, progressOf, shownAt } from '@cairn/engine';
import { type AckedPublisher, createMetrics, type Logger } from '@cairn/runtime';
import { type CommittedBatch, commitBatches, type Database, openRehearsal, REHEARSAL_EPOCH } from '@cairn/store';
import { GroupCommitter } from '../commit/GroupCommitter.js';
import { evaluatorMetrics } from '../evaluatorMetrics.js';
import type { RawEntry } from '../log/EvaluationLog.js';
import { messagesOf } from '../outbox/messagesOf.js';
import { OutboxRelay } from '../outbox/OutboxRelay.js';
import { publishToEvents } from '../outbox/publishToEvents.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import { PartitionWorker } from '../partition/PartitionWorker.js';
import { pause } from '../pause.js';
import { ProgressPublisher } from '../progress/ProgressPublisher.js';
import { RehearsalLog } from './RehearsalLog.js';
import { RehearsalStore } from './RehearsalStore.js';
import { rehearsalCatalogue } from './rehearsalCatalogue.js';

export interface EvaluatorRehearsalOptions {
  database: Database;
  databaseUrl: string;
  /** Where unlocks go that nobody is to be told of. */
  publisher: Pick<AckedPublisher, 'publish'>;
  /** Takes the live progress that nobody is to be told of. */
  sendProgress(update: string): void;
  log: Logger;
  partitions: number;
}

type Pipeline = Awaited<ReturnType<typeof openRehearsal>>;

/**
 * The way of an entry through the evaluator, for entries that are none: real loops fold them by a pack of their own and commit them over
 * a real connection, to tables that go with it. What they leave is code that has run, and is compiled.
 */
export class EvaluatorRehearsal {
  readonly #options: EvaluatorRehearsalOptions;
  readonly #log = new RehearsalLog();
  readonly #pipeline: Pipeline;
  readonly #workers: readonly PartitionWorker[];
  readonly #relay: OutboxRelay;
  readonly #progress: ProgressPublisher;
  readonly #metrics = evaluatorMetrics(createMetrics({ processMetrics: false }), { outboxWaiting: () => 0, partitionsOwned: () => 0 });
  #events = 0;

  private constructor(options: EvaluatorRehearsalOptions, { pipeline, catalogue }: { pipeline: Pipeline; catalogue: Catalogue }) {
    this.#options = options;
    this.#pipeline = pipeline;
    const nothing = { takeLeftBehind: () => Promise.resolve([]), delete: () => Promise.resolve() };
    this.#relay = new OutboxRelay({ store: nothing, publish: publishToEvents(options.publisher), log: options.log });
    this.#progress = new ProgressPublisher({ send: (change) => this.#sendProgress(change), now: () => Date.now() });
    this.#workers = this.#makeWorkers(catalogue);
  }

  /** @throws StoreError where tables cannot be made */
  static async start(options: EvaluatorRehearsalOptions): Promise<EvaluatorRehearsal> {
    const { databaseUrl: url, partitions, log } = options;
    const onError = (error: Error) => {
      log.debug({ err: error }, 'the connection of a rehearsal was lost');
    };
    const catalogue = rehearsalCatalogue();
    const pipeline = await openRehearsal({ url, applicationName: 'cairn-rehearsal', partitions, onError });
    const rehearsal = new EvaluatorRehearsal(options, { pipeline, catalogue });
    for (const worker of rehearsal.#workers) worker.start();
    return rehearsal;
  }

  /** Events that were evaluated so far. */
  get events(): number {
    return this.#events;
  }

  /** Sequences grow from entry to entry. */
  deliver(entry: RawEntry): void {
    this.#log.deliver(entry);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    this.#progress.stop();
    await this.#relay.stop({ graceMs: 0 });
    await this.#pipeline.end();
  }

  #makeWorkers(catalogue: Catalogue): PartitionWorker[] {
    const { database, databaseUrl: url, partitions, log: logger } = this.#options;
    const shared = new GroupCommitter((batches) => commitBatches(this.#pipeline, batches));
    const known = { shared, catalogue, userKeys: new Map<string, number>() };
    const onError = (error: Error) => {
      logger.debug({ err: error }, 'a connection of a rehearsal was lost');
    };
    const ports = {
      partitions,
      log: this.#log,
      logger,
      events: {
        committed: (folded: FoldedBatch, committed: CommittedBatch) => {
          this.#committed(folded, committed);
        },
        room: (signal: AbortSignal) => this.#relay.room(signal),
        fenced: () => undefined,
      },
      pause,
    };
    return Array.from({ length: partitions }, (_, partition) => {
      const store = new RehearsalStore(database, { url, applicationName: 'cairn-rehearsal', onError, ...known });
      return new PartitionWorker({ ...ports, store }, { partition, epoch: REHEARSAL_EPOCH });
    });
  }

  #committed(folded: FoldedBatch, committed: CommittedBatch): void {
    this.#metrics.committed(folded);
    this.#events += folded.counts.events;
    this.#relay.enqueue(messagesOf(folded, committed));
    setImmediate(() => {
      for (const change of folded.progress) this.#progress.changed(change);
    });
  }

  #sendProgress(change: { tenantId: string; userId: string; slug: string }): boolean {
    for (const worker of this.#workers) {
      const found = worker.folder.find(change);
      if (found === undefined) continue;
      const item = progressOf(found.catalogue, found.state, { slug: change.slug, now: shownAt(found.catalogue, found.state, Date.now()) });
      if (item !== null) this.#options.sendProgress(JSON.stringify({ user_id: change.userId, ...item }));
      return item !== null;
    }
    return false;
  }
}
