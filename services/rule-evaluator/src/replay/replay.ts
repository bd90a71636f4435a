import { setTimeout as delay } from 'node:timers/promises';
import { logPartitionSubjects } from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import {
  analyzeGeneration,
  type Database,
  dropGeneration,
  fencePartitions,
  findTenant,
  forgetProgress,
  type GenerationNames,
  markSilent,
  openDatabase,
  openSnapshot,
  partitionPositions,
  putInPlace,
  putTenantInPlace,
  type Queryable,
  TEAMS_PARTITION,
  urlOfSchema,
} from '@cairn/store';
import { REPLAY_HOLD_AGAIN_MS, REPLAY_LOOK_MS } from '../limits.js';
import { Alignment } from './Alignment.js';
import { type Comparison, compareGenerations } from './compareGenerations.js';
import { GenerationRun } from './GenerationRun.js';
import { prepareGeneration } from './prepareGeneration.js';
import { ReplayBounds } from './ReplayBounds.js';
import { ReplayError } from './ReplayError.js';
import { ReplayLog } from './ReplayLog.js';
import type { ReplayReport } from './ReplayReport.js';
import type { ReplaySource } from './ReplaySource.js';
import { StallWatch } from './StallWatch.js';
import { underReplayLock } from './underReplayLock.js';

/** More than any installation has. */
const PARTITIONS_MAX = 64;

export interface ReplayOptions {
  source: ReplaySource;
  /** Of the live generation. */
  database: Database;
  databaseUrl: string;
  logger: Logger;
  /** Of the program: a generation is finished by the version that began it. */
  version: string;
  /** Whether what was rebuilt is put in place. */
  swap: boolean;
  /** Only this one is rebuilt, compared and put in place; all where null. */
  tenantId: string | null;
  /** Drop what an interrupted replay has left, instead of going on with it. */
  restart: boolean;
  /** Replay a log though its beginning is gone. */
  partial: boolean;
  /** The name that the projection of progress goes by. */
  progressProjection: string;
  progress(done: number, total: number): void;
  note(text: string): void;
  signal: AbortSignal;
}

/**
 * Rebuilds all state from the log, in a generation of its own beside the live one and with the code that made that, and compares the
 * two at the same place of the log. Live evaluation goes on, but for the moments in which the places are brought together.
 * @throws ReplayError; StoreError
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const report = await underReplayLock(options.database, (names) => new Replay(options, names).run());
  if (report !== null) return report;
  throw new ReplayError('replay_under_way', 'another replay of this installation is under way: wait for it, or stop it');
}

interface Rebuilding {
  bounds: ReplayBounds;
  log: ReplayLog;
  /** Set where there is no live evaluation to follow. */
  target: number | null;
  generation: Database;
  newRun: () => GenerationRun;
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #names: GenerationNames;
  readonly #began = performance.now();

  constructor(options: ReplayOptions, names: GenerationNames) {
    this.#options = options;
    this.#names = names;
  }

  async run(): Promise<ReplayReport> {
    const { database, databaseUrl, logger, source, tenantId, version, restart } = this.#options;
    const target = await this.#targetOfEmpty();
    await this.#refuseTrimmed();
    const partitions = (await partitionPositions(database.pool)).filter(({ partition }) => partition !== TEAMS_PARTITION).length;
    const purpose = { tenantId, source: source.name, layout: version };
    await prepareGeneration({ live: database, databaseUrl, names: this.#names, partitions, purpose, restart, logger });
    const generationUrl = urlOfSchema(databaseUrl, this.#names.generation);
    const generation = openDatabase({
      url: generationUrl,
      applicationName: 'cairn-replay',
      onError: (error) => {
        logger.warn({ err: error }, 'an idle connection to PostgreSQL broke');
      },
    });
    let report: ReplayReport;
    try {
      const bounds = new ReplayBounds();
      const log = new ReplayLog(source, { bounds, tenantId });
      const ports = { log, live: database, generation, generationUrl, partitions, logger };
      report = await this.#rebuild({ bounds, log, target, generation, newRun: () => new GenerationRun(ports) });
    } finally {
      await generation.close();
    }
    await this.#tidy(report);
    return report;
  }

  /** Nobody ever evaluated the log into this database: then it is rebuilt as far as the log goes. */
  async #targetOfEmpty(): Promise<number | null> {
    const { database, source, tenantId } = this.#options;
    const positions = await partitionPositions(database.pool);
    if (positions.some(({ lastSeq, owner }) => lastSeq > 0 || owner !== null)) {
      if (tenantId !== null && (await findTenant(database.pool, tenantId)) === null)
        throw new ReplayError('unknown_tenant', `there is no tenant "${tenantId}"`);
      return null;
    }
    if (tenantId !== null)
      throw new ReplayError('nothing_to_narrow', 'the database is empty: all tenants are rebuilt, call it again without --tenant');
    const { last } = await source.extent();
    await this.#refuseOtherPartitions(positions.length - 1, last);
    return last === 0 ? null : last;
  }

  /** Entries of partitions that the new database does not have would be left out, and users would change their partition. */
  async #refuseOtherPartitions(partitions: number, last: number): Promise<void> {
    const { source, signal } = this.#options;
    const others = Array.from({ length: PARTITIONS_MAX - partitions }, (_, n) => logPartitionSubjects(partitions + n));
    if (last === 0 || !(await source.holdsAny(others, { after: 0, before: last + 1, signal }))) return;
    throw new ReplayError(
      'partition_count',
      `the log has more than the ${partitions} partitions that the database was made with: set CAIRN_PARTITIONS as it was, and begin with an empty database`,
    );
  }

  /** What was made from entries that are gone would look unfounded, and would be lost. */
  async #refuseTrimmed(): Promise<void> {
    const { first } = await this.#options.source.extent();
    if (first <= 1 || this.#options.partial) return;
    throw new ReplayError(
      'log_trimmed',
      `the log begins at ${first}: replay it with the archive of what came before (--from-archive), or from there on with --partial`,
    );
  }

  /** Where the two differ, the generation stays, to be looked at or put in place. */
  async #tidy({ swapped, verdict }: ReplayReport): Promise<void> {
    const { pool } = this.#options.database;
    if (swapped) await dropGeneration(pool, this.#names, 'retired');
    if (swapped || verdict === 'equal') await dropGeneration(pool, this.#names, 'generation');
  }

  async #rebuild(of: Rebuilding): Promise<ReplayReport> {
    const { database, signal, swap } = this.#options;
    const current = { run: of.newRun() };
    await current.run.start();
    try {
      const alignment = new Alignment({
        ...of,
        live: database,
        names: this.#names,
        tenantId: this.#options.tenantId,
        moved: (withinMs) => current.run.moved(withinMs),
        signal,
      });
      const compared = of.target === null ? await this.#compare(alignment) : null;
      if (!swap) return this.#report(compared, null);
      await analyzeGeneration(database.pool, this.#names);
      const sequence = await this.#align(alignment, async (client, at) => {
        await current.run.stop();
        try {
          await this.#putInPlace(client, { compared, isRestored: of.target !== null });
        } catch (error) {
          current.run = of.newRun();
          await current.run.start();
          throw error;
        }
        return at;
      });
      return this.#report(compared, sequence);
    } finally {
      await current.run.stop();
    }
  }

  /** What the two hold at one place of the log. The live partitions go on as soon as the place is fixed. */
  async #compare(alignment: Alignment): Promise<Comparison & { sequence: number }> {
    const { database, tenantId, signal } = this.#options;
    const { snapshot, sequence } = await this.#align(alignment, async (_client, at) => {
      const taken = await openSnapshot(database.pool);
      // The first look at the tables fixes what is seen.
      await taken.client.query(`SELECT 1 FROM ${this.#names.live}.partitions LIMIT 1`);
      return { snapshot: taken, sequence: at };
    });
    try {
      return { ...(await compareGenerations(snapshot.client, { names: this.#names, tenantId, signal })), sequence };
    } finally {
      await snapshot.close();
    }
  }

  async #putInPlace(client: Queryable, of: { compared: Comparison | null; isRestored: boolean }): Promise<void> {
    const { tenantId, progressProjection } = this.#options;
    if (!of.isRestored) await markSilent(client, this.#names, tenantId);
    if (tenantId === null) await putInPlace(client, this.#names);
    else await putTenantInPlace(client, this.#names, tenantId);
    await fencePartitions(client, this.#names, of);
    if (of.compared?.isEqual !== true) await forgetProgress(client, this.#names, progressProjection);
  }

  /** Follows the live partitions until both stand at the same place, and calls `work` there. */
  async #align<Result>(alignment: Alignment, work: (client: Queryable, sequence: number) => Promise<Result>): Promise<Result> {
    const { signal, progress } = this.#options;
    const stall = new StallWatch();
    let isToldToWait = false;
    for (;;) {
      let pauseMs = REPLAY_LOOK_MS;
      this.#throwIfStopped();
      const standing = await alignment.look();
      progress(standing.done, standing.total);
      stall.look(standing);
      if (standing.isNear && standing.pendingRebuilt === 0 && standing.pendingLive === 0) {
        const done = await alignment.hold(work);
        if (done !== null) return done;
        // They have waited for nothing, and must not do so all the time.
        pauseMs = REPLAY_HOLD_AGAIN_MS;
      } else if (standing.isNear && standing.pendingLive > 0 && !isToldToWait) {
        isToldToWait = true;
        this.#options.note('the history is being recounted for a publication: what it changes is compared when it is done');
      }
      await delay(pauseMs, undefined, { signal }).catch(() => this.#throwIfStopped());
    }
  }

  #report(compared: (Comparison & { sequence: number }) | null, swappedAt: number | null): ReplayReport {
    return {
      verdict: compared === null ? 'nothing_to_compare' : compared.isEqual ? 'equal' : 'different',
      swapped: swappedAt !== null,
      tenant: this.#options.tenantId,
      sequence: swappedAt ?? compared?.sequence ?? 0,
      digest: compared?.digest ?? { live: '', rebuilt: '' },
      tables: compared?.tables ?? [],
      seconds: (performance.now() - this.#began) / 1000,
    };
  }

  #throwIfStopped(): void {
    if (!this.#options.signal.aborted) return;
    throw new ReplayError('interrupted', 'the replay was interrupted: nothing has changed, and the same call goes on where it stopped');
  }
}
