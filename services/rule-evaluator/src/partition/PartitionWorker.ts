import { StateFormatError } from '@cairn/engine';
import { applyControl } from '../control/applyControl.js';
import type { ControlContext } from '../control/ControlContext.js';
import { commitControl } from '../control/commitControl.js';
import { BATCH_EVENTS_MAX, RESTART_DELAY_MS_MAX, RESTART_DELAY_MS_MIN } from '../limits.js';
import { LogBehind, type LogReader } from '../log/EvaluationLog.js';
import { RECOUNT_LIMITS, type RecountLimits } from '../recount/RecountLimits.js';
import { Recounts } from '../recount/Recounts.js';
import { BatchFolder } from './BatchFolder.js';
import { BatchPipeline } from './BatchPipeline.js';
import { codeOf } from './codeOf.js';
import { decodeEntry, type Entry, weightOf } from './decodeEntry.js';
import { NewerEntry } from './NewerEntry.js';
import type { WorkerPorts } from './WorkerPorts.js';

/**
 * The loop of one partition: take what has arrived, fold it, commit it, and fold the next while it commits.
 * PostgreSQL holds the position; all that is in memory can be forgotten at any moment and loaded again.
 */
export class PartitionWorker {
  readonly #ports: WorkerPorts;
  readonly #partition: number;
  readonly #epoch: number;
  readonly #folder: BatchFolder;
  readonly #pipeline: BatchPipeline;
  readonly #recounts: Recounts;
  readonly #stopping = new AbortController();
  #reader: LogReader | undefined;
  /** That the reader has something; asked for once until all of it is taken. */
  #arrived: { promise: Promise<void>; isSo: boolean } | undefined;
  /** Taken from the reader and not yet folded: what did not fit into a batch, and the control entry that ended it. */
  #carried: Entry[] = [];
  #ended: Promise<void> | undefined;

  constructor(
    ports: WorkerPorts,
    owned: { partition: number; epoch: number },
    limits: { recount: RecountLimits } = { recount: RECOUNT_LIMITS },
  ) {
    const { store, logger, partitions } = ports;
    const { partition, epoch } = owned;
    this.#ports = ports;
    this.#partition = partition;
    this.#epoch = epoch;
    this.#folder = new BatchFolder({
      store,
      partition,
      partitions,
      unreadable: ({ tenantId, userKey }, error) => {
        const user = { partition, tenant_id: tenantId, user_key: userKey };
        logger.error({ err: error, ...user }, 'the state of a user is broken: their events go to the dead letters until it is rebuilt');
      },
    });
    this.#pipeline = new BatchPipeline({
      store,
      logger,
      folder: this.#folder,
      partition,
      epoch,
      committed: (folded, committed) => {
        this.#reader?.acknowledge(folded.batch.newSeq);
        this.#recounts.committed(folded.batch);
        ports.events.committed(folded, committed);
      },
    });
    this.#recounts = new Recounts({ ...ports, partition, epoch, folder: this.#folder, pipeline: this.#pipeline, limits: limits.recount });
  }

  get epoch(): number {
    return this.#epoch;
  }

  get folder(): BatchFolder {
    return this.#folder;
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

  /** Until it is told to stop, or the partition is somebody else's. */
  async #run(): Promise<void> {
    let delayMs = RESTART_DELAY_MS_MIN;
    while (!this.#isStopping()) {
      const began = this.#pipeline.position;
      try {
        const isOurs = await this.#follow();
        if (isOurs) continue;
        this.#ports.logger.info({ partition: this.#partition, epoch: this.#epoch }, 'another evaluator owns the partition');
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

  /** From the committed position on, until something breaks or it is told to stop. False where the epoch is over. */
  async #follow(): Promise<boolean> {
    const { store, log } = this.#ports;
    const partition = this.#partition;
    const epoch = this.#epoch;
    this.#carried = [];
    const position = await store.position({ partition, epoch });
    if (position === null) return false;
    this.#pipeline.begin(position);
    for (const error of await this.#folder.tenants.loadAhead(position))
      this.#ports.logger.warn(
        { err: error, partition },
        'the catalogue of a tenant could not be loaded ahead: its next event asks for it again',
      );
    const reader = await log.open({ partition, epoch, after: position, signal: this.#stopping.signal });
    this.#reader = reader;
    this.#arrived = undefined;
    try {
      await this.#recounts.begin(position);
      while (!this.#isStopping()) await this.#step(reader);
      await this.#pipeline.settle();
      return true;
    } finally {
      this.#reader = undefined;
      await this.#pipeline.ended();
      await this.#recounts.end();
      await reader.close();
    }
  }

  async #step(reader: LogReader): Promise<void> {
    if (this.#carried.length === 0) await this.#arrival(reader);
    await this.#ports.events.room?.(this.#stopping.signal);
    // Recounts do their work between two entries: of one that was cut, all of it is folded first.
    if (!this.#isInsideEntry()) await this.#recounts.turn();
    const hold = await this.#ports.underWay?.enter(this.#stopping.signal);
    try {
      if (this.#isStopping()) return;
      const entries = this.#take(reader);
      hold?.(entries.reduce((sum, entry) => sum + weightOf(entry), 0));
      await this.#process(entries);
    } finally {
      if (hold !== undefined) void this.#pipeline.ended().then(() => hold(0));
    }
  }

  async #process(entries: readonly Entry[]): Promise<void> {
    await this.#recounts.before(entries, this.#stopping.signal);
    const [first] = entries;
    if (first?.kind === 'newer') {
      await this.#pipeline.settle();
      throw first.error;
    }
    if (first?.kind === 'control') {
      await this.#pipeline.settle();
      await this.#applyControl(first);
    } else if (entries.length > 0) {
      this.#carried.unshift(...(await this.#pipeline.advance(entries)));
    }
  }

  /**
   * Resolves when there is something to take, or a recount has something to do. A commit that fails meanwhile is mended at once,
   * not only when more arrives.
   */
  async #arrival(reader: LogReader): Promise<void> {
    const arrived = (this.#arrived ??= arrivalOf(reader)).promise;
    const due = Promise.race([arrived, this.#recounts.ready()]);
    try {
      await Promise.race([due, this.#pipeline.committing.then(() => due)]);
    } catch {
      // One of them failed, and says so again here unless it can be mended.
      await this.#pipeline.settle();
      await due;
    }
  }

  #isInsideEntry(): boolean {
    const [next] = this.#carried;
    return next?.kind === 'events' && next.firstIndex > 0;
  }

  /** What has arrived, up to a batch; a control entry comes alone, at its place in the order. */
  #take(reader: LogReader): Entry[] {
    const entries: Entry[] = [];
    let weight = 0;
    while (weight < BATCH_EVENTS_MAX) {
      const entry = this.#carried.shift() ?? this.#shift(reader);
      if (entry === undefined) break;
      if (entry.kind === 'control' || entry.kind === 'newer') {
        if (entries.length === 0) return [entry];
        this.#carried.unshift(entry);
        break;
      }
      entries.push(entry);
      weight += weightOf(entry);
    }
    return entries;
  }

  #shift(reader: LogReader): Entry | undefined {
    const raw = reader.shift();
    if (raw === undefined && this.#arrived?.isSo === true) this.#arrived = undefined;
    return raw === undefined ? undefined : decodeEntry(raw);
  }

  async #applyControl(entry: Entry & { kind: 'control' }): Promise<void> {
    await commitControl(entry, {
      pipeline: this.#pipeline,
      contextOf: (hints) => this.#controlContext(hints),
      apply: applyControl,
      signal: this.#stopping.signal,
      logger: this.#ports.logger,
    });
  }

  #controlContext(hints: { repairUnlocks: boolean }): ControlContext {
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
    const about = { err: error, partition: this.#partition, delay_ms: delayMs };
    // Servers come and go; these stay as they are until somebody sees to them.
    const standsStill = error instanceof LogBehind || error instanceof StateFormatError || error instanceof NewerEntry;
    if (!standsStill) this.#ports.logger.warn(about, 'the partition starts over from its committed position');
    else this.#ports.logger.error(about, 'the partition cannot go on, and tries again');
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }
}

function arrivalOf(reader: LogReader): { promise: Promise<void>; isSo: boolean } {
  const promise = reader.ready();
  const arrival = { promise, isSo: false };
  void Promise.allSettled([promise]).then(() => {
    arrival.isSo = true;
  });
  return arrival;
}
