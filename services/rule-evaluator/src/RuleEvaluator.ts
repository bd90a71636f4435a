import { progressSubject } from '@cairn/contracts';
import { progressOf, shownAt } from '@cairn/engine';
import { AckedPublisher, type Logger, type Metrics, type Service } from '@cairn/runtime';
import { type CommittedBatch, type Database, PreparedConnection, TEAMS_PARTITION } from '@cairn/store';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { BackgroundLoop } from './BackgroundLoop.js';
import { GroupCommitter } from './commit/GroupCommitter.js';
import { ErasureSteps } from './erasure/ErasureSteps.js';
import { erasures } from './erasure/erasures.js';
import { type EvaluatorMetrics, evaluatorMetrics } from './evaluatorMetrics.js';
import { type OwnedPartition, PartitionLeases } from './lease/PartitionLeases.js';
import { ANSWER_MS_MAX, OUTBOX_STOP_GRACE_MS, OUTBOX_SWEEP_INTERVAL_MS, UNDER_WAY_BOUNDS } from './limits.js';
import { RedactedLog } from './log/RedactedLog.js';
import { messagesOf } from './outbox/messagesOf.js';
import { OutboxRelay } from './outbox/OutboxRelay.js';
import { publishToEvents } from './outbox/publishToEvents.js';
import { EventsUnderWay } from './partition/EventsUnderWay.js';
import type { FoldedBatch } from './partition/FoldedBatch.js';
import { PartitionWorker } from './partition/PartitionWorker.js';
import { pause } from './pause.js';
import { type ProgressChange, ProgressPublisher } from './progress/ProgressPublisher.js';
import { CommitConnection } from './store/CommitConnection.js';
import { PostgresStore } from './store/PostgresStore.js';
import { postgresLeases } from './store/postgresLeases.js';
import { postgresOutbox } from './store/postgresOutbox.js';
import { PartitionProgress } from './teams/PartitionProgress.js';
import { TeamWorker } from './teams/TeamWorker.js';
import { tenantCopies } from './tenants/tenantCopies.js';
import { Ticks } from './tick/Ticks.js';

export interface RuleEvaluatorOptions {
  nats: NatsConnection;
  database: Database;
  /** For the connections of their own that the partitions commit over. */
  databaseUrl: string;
  log: Logger;
  metrics: Metrics;
  /** Of the install. */
  partitions: number;
  /** Of Cairn. */
  version: string;
  /** The name that the projection of progress goes by. */
  progressProjection: string;
  /** Names this evaluator among the others. One that comes back under the same name takes its partitions up at once. */
  owner: string;
}

/**
 * The only writer of progress, unlocks and XP: owns a share of the partitions, and runs a loop for each. The loop of the teams is
 * shared out among evaluators as if it were one more.
 */
export class RuleEvaluator implements Service {
  readonly #options: RuleEvaluatorOptions;
  readonly #workers = new Map<number, PartitionWorker>();
  readonly #partitionProgress = new PartitionProgress();
  #teams: TeamWorker | undefined;
  readonly #commits: CommitConnection;
  readonly #committer: GroupCommitter;
  readonly #reads: PreparedConnection;
  readonly #leases: PartitionLeases;
  readonly #relay: OutboxRelay;
  readonly #underWay = new EventsUnderWay(UNDER_WAY_BOUNDS);
  readonly #progress: ProgressPublisher;
  readonly #metrics: EvaluatorMetrics;
  readonly #ticks: Ticks;
  #evaluationLog: RedactedLog | undefined;
  #erasures: BackgroundLoop | undefined;
  #tenantCopies: BackgroundLoop | undefined;
  #sweeper: NodeJS.Timeout | undefined;
  #isPaused = false;

  constructor(options: RuleEvaluatorOptions) {
    this.#options = options;
    const { database, nats, log } = options;
    this.#commits = new CommitConnection({
      url: options.databaseUrl,
      applicationName: 'cairn-evaluator-commits',
      onError: (error) => {
        log.warn({ err: error }, 'the connection that the partitions share was lost');
      },
    });
    this.#reads = new PreparedConnection({
      url: options.databaseUrl,
      applicationName: 'cairn-evaluator-reads',
      onError: (error) => {
        log.warn({ err: error }, 'the connection that the partitions read over was lost');
      },
    });
    this.#committer = new GroupCommitter((batches) => this.#commits.commit(batches));
    this.#relay = new OutboxRelay({ store: postgresOutbox(database), publish: publishToEvents(new AckedPublisher(nats)), log });
    this.#progress = new ProgressPublisher({ send: (change) => this.#sendProgress(change), now: () => Date.now() });
    this.#metrics = evaluatorMetrics(options.metrics, {
      outboxWaiting: () => this.#relay.waiting,
      partitionsOwned: () => this.#workers.size,
    });
    this.#ticks = new Ticks({
      ...{ nats, database, log },
      // It has one owner, as every partition.
      isLeading: () => this.#workers.has(0),
      changed: (change) => this.#progress.changed(change),
    });
    this.#leases = new PartitionLeases({
      owner: options.owner,
      partitions: options.partitions + 1,
      store: postgresLeases(database),
      logger: log,
      events: { gained: (owned) => this.#startWorker(owned), lost: (owned) => this.#stopWorker(owned) },
    });
  }

  async start(): Promise<void> {
    this.#evaluationLog = await RedactedLog.connect(this.#options.nats);
    await this.#ticks.start();
    this.#openAhead();
    await this.#leases.start();
    this.#erasures = await this.#startErasures();
    this.#tenantCopies = this.#startTenantCopies(this.#evaluationLog);
    this.#scheduleSweep({ afterMs: 0 });
  }

  /** Else the first event would wait for it. Nothing depends on it: to prepare statements may wait for somebody's lock on a table. */
  #openAhead(): void {
    for (const connection of [this.#commits, this.#reads])
      connection.open().catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'a connection to the database could not be opened ahead: the first event opens it');
      });
  }

  /** Takes up nothing more, and resolves when what is being committed is and others may go on with the partitions. For good. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    const workers = [...this.#workers.values(), ...(this.#teams === undefined ? [] : [this.#teams])];
    // Not behind a renewal that is under way.
    await Promise.all([...workers.map((worker) => worker.stop()), this.#leases.stop()]);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#sweeper);
    this.#sweeper = undefined;
    await Promise.all([this.#erasures?.stop(), this.#tenantCopies?.stop()]);
    await this.#ticks.stop();
    await this.#leases.stop();
    await this.#commits.close();
    await this.#reads.close();
    this.#progress.stop();
    await this.#relay.stop({ graceMs: OUTBOX_STOP_GRACE_MS });
  }

  ready(): { ready: boolean; detail: string } {
    return { ready: this.#evaluationLog !== undefined, detail: `owns ${this.#workers.size} of ${this.#options.partitions} partitions` };
  }

  async #startErasures(): Promise<BackgroundLoop> {
    const { nats, database, log: logger } = this.#options;
    const js = jetstream(nats, { timeout: ANSWER_MS_MAX });
    const manager = await js.jetstreamManager(false);
    const loop = erasures({ database, logger, steps: new ErasureSteps({ ...this.#options, js, manager, logger }) });
    loop.start();
    return loop;
  }

  #startTenantCopies(evaluationLog: RedactedLog): BackgroundLoop {
    const { nats, database, log: logger, partitions } = this.#options;
    const js = jetstream(nats, { timeout: ANSWER_MS_MAX });
    const copies = tenantCopies({
      ...{ database, logger, partitions, log: evaluationLog },
      publish: async (subject, data, msgID) => (await js.publish(subject, data, msgID === undefined ? {} : { msgID })).seq,
      // It has one owner, as every partition.
      isLeading: () => this.#workers.has(0),
    });
    copies.start();
    return copies;
  }

  #startWorker(owned: OwnedPartition): void {
    if (this.#isPaused) return;
    const ports = this.#portsOf(owned);
    if (owned.partition === TEAMS_PARTITION) {
      this.#teams = new TeamWorker({ ...ports, progress: this.#partitionProgress }, owned);
      this.#teams.start();
      return;
    }
    const worker = new PartitionWorker(ports, owned);
    this.#workers.set(owned.partition, worker);
    worker.start();
  }

  #portsOf(owned: OwnedPartition) {
    const { partition } = owned;
    const { database, databaseUrl, log, partitions } = this.#options;
    if (this.#evaluationLog === undefined) throw new Error('the evaluator was not started');
    const name = partition === TEAMS_PARTITION ? 'teams' : String(partition);
    return {
      partitions,
      log: this.#evaluationLog,
      store: new PostgresStore(database, {
        url: databaseUrl,
        shared: this.#committer,
        prepared: this.#reads,
        owned,
        applicationName: `cairn-evaluator-${name}`,
        onError: (error) => {
          log.warn({ err: error, partition: name }, 'the connection of a partition was lost');
        },
      }),
      logger: log,
      underWay: this.#underWay,
      events: {
        committed: (folded: FoldedBatch, committed: CommittedBatch) => {
          this.#committed(folded, committed);
        },
        room: (signal: AbortSignal) => this.#relay.room(signal),
        restarting: (code: string) => {
          this.#metrics.restarting(code);
        },
        fenced: (lost: OwnedPartition) => {
          this.#forgetWorker(lost);
          this.#leases.forget(lost);
        },
      },
      pause,
    };
  }

  async #stopWorker(owned: OwnedPartition): Promise<void> {
    const worker = this.#forgetWorker(owned);
    await worker?.stop();
  }

  #forgetWorker({ partition, epoch }: OwnedPartition): PartitionWorker | TeamWorker | undefined {
    const worker = partition === TEAMS_PARTITION ? this.#teams : this.#workers.get(partition);
    if (worker?.epoch !== epoch) return undefined;
    if (partition === TEAMS_PARTITION) this.#teams = undefined;
    else this.#workers.delete(partition);
    return worker;
  }

  #committed(folded: FoldedBatch, committed: CommittedBatch): void {
    this.#metrics.committed(folded);
    this.#partitionProgress.note(folded.batch.partition, folded.batch.newSeq);
    this.#ticks.committed(folded, this.#workers.get(folded.batch.partition)?.folder);
    this.#relay.enqueue(messagesOf(folded, committed));
    // A courtesy: behind what the commits of this turn of the loop publish.
    setImmediate(() => {
      for (const change of folded.progress) this.#progress.changed(change);
    });
  }

  #sendProgress(change: ProgressChange): boolean {
    // It would throw, out of a timer.
    if (this.#options.nats.isClosed()) return false;
    for (const worker of this.#workers.values()) {
      const found = worker.folder.find(change);
      if (found === undefined) continue;
      const now = shownAt(found.catalogue, found.state, this.#ticks.now());
      const item = progressOf(found.catalogue, found.state, { slug: change.slug, now });
      if (item === null) return false;
      const update = { tenant_id: change.tenantId, user_id: change.userId, ...item };
      this.#options.nats.publish(progressSubject(change.tenantId, change.userId), JSON.stringify(update));
      return true;
    }
    return false;
  }

  #scheduleSweep({ afterMs }: { afterMs: number }): void {
    this.#sweeper = setTimeout(() => {
      void this.#relay
        .sweep()
        .catch((error: unknown) => {
          this.#options.log.warn({ err: error }, 'the outbox could not be swept: trying again');
        })
        .finally(() => {
          if (this.#sweeper !== undefined) this.#scheduleSweep({ afterMs: OUTBOX_SWEEP_INTERVAL_MS });
        });
    }, afterMs);
  }
}
