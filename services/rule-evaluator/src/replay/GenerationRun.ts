import type { Logger } from '@cairn/runtime';
import { acquirePartitions, type Database, partitionPositions, releasePartitions, TEAMS_PARTITION } from '@cairn/store';
import { REPLAY_LEASE_SECONDS, UNDER_WAY_BOUNDS } from '../limits.js';
import type { EvaluationLog } from '../log/EvaluationLog.js';
import { EventsUnderWay } from '../partition/EventsUnderWay.js';
import { PartitionWorker } from '../partition/PartitionWorker.js';
import { pause } from '../pause.js';
import { PartitionProgress } from '../teams/PartitionProgress.js';
import { TeamWorker } from '../teams/TeamWorker.js';
import { ReplayStore } from './ReplayStore.js';
import { SilentStore } from './SilentStore.js';

const OWNER = 'replay';

export interface GenerationPorts {
  log: EvaluationLog;
  live: Database;
  /** A pool whose unqualified names mean the tables of the generation. */
  generation: Database;
  generationUrl: string;
  partitions: number;
  logger: Logger;
}

/** The loops of the evaluator, at work on a generation of their own. */
export class GenerationRun {
  readonly #ports: GenerationPorts;
  readonly #progress = new PartitionProgress();
  readonly #workers: (PartitionWorker | TeamWorker)[] = [];
  readonly #underWay = new EventsUnderWay(UNDER_WAY_BOUNDS);
  readonly #waiting = new Set<() => void>();

  constructor(ports: GenerationPorts) {
    this.#ports = ports;
  }

  /** Whoever worked on it before is fenced off. */
  async start(): Promise<void> {
    const { pool } = this.#ports.generation;
    const all = (await partitionPositions(pool)).map(({ partition }) => partition);
    await releasePartitions(pool, { owner: OWNER, partitions: all });
    const owned = await acquirePartitions(pool, { owner: OWNER, want: all.length, leaseSeconds: REPLAY_LEASE_SECONDS });
    for (const { partition, epoch } of owned) this.#startWorker({ partition, epoch });
  }

  /** Ends after the commits that are under way. */
  async stop(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.stop()));
  }

  /** Resolves when a partition has committed, or after a time. */
  async moved(withinMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.#waiting.add(done);
    });
  }

  #startWorker(owned: { partition: number; epoch: number }): void {
    const { partitions, log, logger } = this.#ports;
    const ports = {
      partitions,
      log,
      logger,
      underWay: this.#underWay,
      events: {
        committed: ({ batch }: { batch: { partition: number; newSeq: number } }) => {
          this.#progress.note(batch.partition, batch.newSeq);
          for (const wake of [...this.#waiting]) wake();
        },
        fenced: () => undefined,
      },
      pause,
    };
    const worker =
      owned.partition === TEAMS_PARTITION
        ? new TeamWorker({ ...ports, store: this.#storeOfTeams(), progress: this.#progress }, owned)
        : new PartitionWorker({ ...ports, store: this.#storeOf(owned.partition) }, owned);
    this.#workers.push(worker);
    worker.start();
  }

  /** Which copy of an event is the original was decided by the partitions, and is asked of this generation alone. */
  #storeOfTeams(): SilentStore {
    return new SilentStore(this.#ports.generation, this.#pipeline('teams'));
  }

  #storeOf(partition: number): ReplayStore {
    const { live, partitions, generation } = this.#ports;
    return new ReplayStore(generation, this.#pipeline(String(partition)), { live, partition, partitions });
  }

  #pipeline(name: string) {
    const { generationUrl, logger } = this.#ports;
    return {
      url: generationUrl,
      applicationName: `cairn-replay-${name}`,
      onError: (error: Error) => {
        logger.warn({ err: error, partition: name }, 'the connection of a partition was lost');
      },
    };
  }
}
