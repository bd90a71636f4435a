import { setTimeout as delay } from 'node:timers/promises';
import {
  GroupCommitter,
  OUTBOX_SWEEP_INTERVAL_MS,
  OutboxRelay,
  type OwnedPartition,
  PartitionLeases,
  PartitionProgress,
  PartitionWorker,
  publishToEvents,
  TeamWorker,
} from '@cairn/rule-evaluator/parts';
import type { Logger } from '@cairn/runtime';
import { type CommittedBatch, type EvaluationBatch, TEAMS_PARTITION } from '@cairn/store';
import { LogSubscription } from '../servers/LogSubscription.js';
import { type Actor, anActor } from '../world/Actor.js';
import { PARTITIONS, type World } from '../world/World.js';

interface Folded {
  batch: EvaluationBatch;
}

/** One process of evaluation: real leases, workers and relay, over simulated servers. */
export class SimulatedEvaluator {
  readonly actor: Actor;
  readonly log: LogSubscription;
  readonly #world: World;
  readonly #logger: Logger;
  readonly #workers = new Map<number, PartitionWorker | TeamWorker>();
  readonly #progress = new PartitionProgress();
  readonly #leases: PartitionLeases;
  readonly #relay: OutboxRelay;
  readonly #committer: GroupCommitter;

  constructor(world: World, of: { name: string; log: Logger }) {
    this.#world = world;
    this.#logger = of.log;
    this.actor = anActor(of.name);
    this.log = new LogSubscription(world, this.actor);
    this.#committer = new GroupCommitter(world.database.commits(this.actor));
    this.#relay = new OutboxRelay({
      store: world.database.outbox(this.actor),
      publish: publishToEvents(world.nats.publisher(this.actor)),
      log: of.log,
    });
    this.#leases = new PartitionLeases({
      owner: of.name,
      partitions: PARTITIONS + 1,
      store: world.database.leases(this.actor),
      logger: of.log,
      events: { gained: (owned) => this.#begin(owned), lost: (owned) => this.#end(owned) },
    });
  }

  /** In a step of its own, so that its timers are its own. */
  start(): void {
    this.#world.scheduler.post(this.actor, 'starts', () => {
      void this.#leases.start().catch(() => this.start());
      this.#sweep();
    });
  }

  /** As told to stop: ends what is under way, and gives its partitions back. */
  stop(): void {
    this.#world.scheduler.post(this.actor, 'stops', () => {
      void this.#leases.stop().then(() => this.#world.scheduler.kill(this.actor));
    });
  }

  #begin(owned: OwnedPartition): void {
    const ports = this.#ports(owned);
    const worker =
      owned.partition === TEAMS_PARTITION
        ? new TeamWorker({ ...ports, progress: this.#progress }, owned)
        : new PartitionWorker(ports, owned);
    this.#workers.set(owned.partition, worker);
    worker.start();
  }

  #ports(owned: OwnedPartition) {
    return {
      partitions: PARTITIONS,
      store: this.#world.database.evaluationStore(this.actor, { committer: this.#committer, owned }),
      log: this.log,
      logger: this.#logger,
      events: {
        committed: ({ batch }: Folded, committed: CommittedBatch) => {
          this.#progress.note(batch.partition, batch.newSeq);
          this.#relay.enqueue(
            batch.outbox.flatMap((row, i) => {
              const written = committed.outbox[i];
              if (written === undefined) return [];
              return [{ id: written.id, subject: row.subject, messageId: row.msgId, headers: row.headers, payload: written.payload }];
            }),
          );
        },
        restarting: () => undefined,
        fenced: (lost: OwnedPartition) => {
          this.#forget(lost);
          this.#leases.forget(lost);
        },
      },
      pause: (ms: number, signal: AbortSignal) => this.#pause(ms, signal),
    };
  }

  async #end(owned: OwnedPartition): Promise<void> {
    await this.#forget(owned)?.stop();
  }

  #forget({ partition, epoch }: OwnedPartition): PartitionWorker | TeamWorker | undefined {
    const worker = this.#workers.get(partition);
    if (worker?.epoch !== epoch) return undefined;
    this.#workers.delete(partition);
    return worker;
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await delay(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  #sweep(): void {
    setTimeout(() => {
      void this.#relay.sweep().then(
        () => this.#sweep(),
        () => this.#sweep(),
      );
    }, OUTBOX_SWEEP_INTERVAL_MS);
  }
}
