import { logTeamSubjects, partitionOfLogSubject } from '@cairn/contracts';
import { StateFormatError } from '@cairn/engine';
import { commitControl } from '../control/commitControl.js';
import { BATCH_EVENTS_MAX, RESTART_DELAY_MS_MAX, RESTART_DELAY_MS_MIN } from '../limits.js';
import { LogBehind, type LogReader } from '../log/EvaluationLog.js';
import { BatchPipeline } from '../partition/BatchPipeline.js';
import { codeOf } from '../partition/codeOf.js';
import { decodeEntry, type Entry, weightOf } from '../partition/decodeEntry.js';
import { NewerEntry } from '../partition/NewerEntry.js';
import { applyTeamControl } from './applyTeamControl.js';
import type { TeamControlContext } from './TeamControlContext.js';
import { TeamFolder } from './TeamFolder.js';
import type { TeamWorkerPorts } from './TeamWorkerPorts.js';

/**
 * The loop of the teams: it reads the events of all partitions in the order of the log, behind the partitions themselves, and folds
 * them upon the states of teams. It has a position, an epoch and a lease as a partition has, and is as safe in the same way. Of
 * tenants without achievements of teams it reads nothing but their control entries.
 */
export class TeamWorker {
  readonly #ports: TeamWorkerPorts;
  readonly #partition: number;
  readonly #epoch: number;
  readonly #folder: TeamFolder;
  readonly #pipeline: BatchPipeline;
  readonly #stopping = new AbortController();
  #reader: LogReader | undefined;
  /** Taken from the reader and not yet folded. */
  #carried: Entry[] = [];
  /** A tenant has got its first achievement of teams: the reader does not bring its events. */
  #isReaderStale = false;
  #ended: Promise<void> | undefined;

  constructor(ports: TeamWorkerPorts, owned: { partition: number; epoch: number }) {
    const { store, logger } = ports;
    this.#ports = ports;
    this.#partition = owned.partition;
    this.#epoch = owned.epoch;
    this.#folder = new TeamFolder({
      store,
      unreadable: ({ kind, tenantId, userKey }, error) => {
        const owner = { kind, tenant_id: tenantId, user_key: userKey };
        logger.error(
          { err: error, ...owner },
          'the state of a team or a member is broken: events go to the dead letters until it is rebuilt',
        );
      },
    });
    this.#pipeline = new BatchPipeline({
      store,
      logger,
      folder: this.#folder,
      ...owned,
      committed: (folded, committed) => {
        this.#reader?.acknowledge(folded.batch.newSeq);
        ports.events.committed(folded, committed);
      },
    });
  }

  get epoch(): number {
    return this.#epoch;
  }

  start(): void {
    this.#ended ??= this.#run().finally(() => this.#ports.store.close());
  }

  /** Ends after the commit that is under way; what is not begun is left to the next owner. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reader?.close();
    await this.#ended;
  }

  /** Until it is told to stop, or the loop is somebody else's. */
  async #run(): Promise<void> {
    let delayMs = RESTART_DELAY_MS_MIN;
    while (!this.#isStopping()) {
      const began = this.#pipeline.position;
      try {
        if (await this.#follow()) continue;
        this.#ports.logger.info({ epoch: this.#epoch }, 'another evaluator owns the loop of the teams');
        this.#ports.events.fenced({ partition: this.#partition, epoch: this.#epoch });
        return;
      } catch (error) {
        if (this.#isStopping()) return;
        delayMs = this.#pipeline.position > began ? RESTART_DELAY_MS_MIN : Math.min(delayMs * 2, RESTART_DELAY_MS_MAX);
        this.#report(error, delayMs);
        await this.#ports.pause(delayMs, this.#stopping.signal);
      }
    }
  }

  /** From the committed position on, until something breaks, other events are wanted or it is told to stop. False where the epoch is over. */
  async #follow(): Promise<boolean> {
    const { store, log } = this.#ports;
    const place = { partition: this.#partition, epoch: this.#epoch };
    this.#carried = [];
    this.#isReaderStale = false;
    const position = await store.position(place);
    if (position === null) return false;
    this.#pipeline.begin(position);
    const tenantIds = await store.tenantsWithTeams(position);
    this.#folder.follow(tenantIds);
    const reader = await log.open({ ...place, after: position, subjects: logTeamSubjects(tenantIds), signal: this.#stopping.signal });
    this.#reader = reader;
    try {
      while (!this.#isStopping() && !this.#isReaderStale) await this.#step(reader);
      await this.#pipeline.settle();
      return true;
    } finally {
      this.#reader = undefined;
      await this.#pipeline.ended();
      await reader.close();
    }
  }

  async #step(reader: LogReader): Promise<void> {
    if (this.#carried.length === 0) await this.#arrival(reader);
    this.#refill(reader);
    const [next] = this.#carried;
    if (next === undefined) return;
    if (next.kind === 'newer') {
      await this.#pipeline.settle();
      throw next.error;
    }
    if (next.kind === 'control') {
      this.#carried.shift();
      await this.#pipeline.settle();
      await this.#applyControl(next);
      return;
    }
    const { progress, store } = this.#ports;
    await progress.reached(() => this.#isEvaluated(next), { look: () => store.positions(), signal: this.#stopping.signal });
    const entries = this.#takeEvaluated();
    if (entries.length > 0) this.#carried.unshift(...(await this.#pipeline.advance(entries)));
  }

  /** Resolves when there is something to take. A commit that fails meanwhile is mended at once, not only when more arrives. */
  async #arrival(reader: LogReader): Promise<void> {
    const arrived = reader.ready();
    void Promise.allSettled([arrived]);
    try {
      await Promise.race([arrived, this.#pipeline.committing.then(() => arrived)]);
    } catch {
      // One of the two failed, and says so again here unless it can be mended.
      await this.#pipeline.settle();
      await arrived;
    }
  }

  /** Takes what has arrived, up to about a batch. */
  #refill(reader: LogReader): void {
    let weight = this.#carried.reduce((sum, entry) => sum + weightOf(entry), 0);
    while (weight < BATCH_EVENTS_MAX) {
      const raw = reader.shift();
      if (raw === undefined) return;
      const entry = decodeEntry(raw);
      this.#carried.push(entry);
      weight += weightOf(entry);
    }
  }

  /** What is carried, as far as the partitions have evaluated it and up to the next control entry. */
  #takeEvaluated(): Entry[] {
    const end = this.#carried.findIndex((entry) => entry.kind === 'control' || entry.kind === 'newer' || !this.#isEvaluated(entry));
    return this.#carried.splice(0, end === -1 ? this.#carried.length : end);
  }

  /** Entries that hold nothing for a team need not be waited for. */
  #isEvaluated(entry: Entry): boolean {
    if (entry.kind !== 'events' || !this.#folder.isFollowed(entry.tenantId)) return true;
    return this.#ports.progress.isPast(partitionOfLogSubject(entry.raw.subject), entry.sequence);
  }

  async #applyControl(entry: Entry & { kind: 'control' }): Promise<void> {
    await commitControl(entry, {
      pipeline: this.#pipeline,
      contextOf: (hints) => this.#controlContext(hints),
      apply: applyTeamControl,
      signal: this.#stopping.signal,
      logger: this.#ports.logger,
    });
    const { tenantId } = entry.control;
    const rules = this.#folder.tenants.peek(tenantId)?.catalogue.ofTeams.rules.size ?? 0;
    this.#isReaderStale = rules > 0 && !this.#folder.isFollowed(tenantId);
  }

  #controlContext(hints: { repairUnlocks: boolean }): TeamControlContext {
    return {
      partition: this.#partition,
      epoch: this.#epoch,
      position: this.#pipeline.position,
      folder: this.#folder,
      ports: this.#ports,
      signal: this.#stopping.signal,
      ...hints,
    };
  }

  #report(error: unknown, delayMs: number): void {
    this.#ports.events.restarting?.(codeOf(error));
    const about = { err: error, delay_ms: delayMs };
    // Servers come and go; these stay as they are until somebody sees to them.
    const standsStill = error instanceof LogBehind || error instanceof StateFormatError || error instanceof NewerEntry;
    if (!standsStill) this.#ports.logger.warn(about, 'the loop of the teams starts over from its committed position');
    else this.#ports.logger.error(about, 'the loop of the teams cannot go on, and tries again');
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }
}
