import { isControlSubject, partitionOf } from '@cairn/contracts';
import type { EvaluationBatch, RecountRow } from '@cairn/store';
import { RECOUNT_RETRY_MS_MAX, RECOUNT_RETRY_MS_MIN } from '../limits.js';
import { ReaderBroken } from '../log/EvaluationLog.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import { RecheckScan } from './RecheckScan.js';
import type { RecountPorts } from './RecountPorts.js';
import { SliceFold, SliceOverfull } from './SliceFold.js';
import { SliceMerge } from './SliceMerge.js';
import { usersCorrected } from './usersCorrected.js';

/** A slice that was read as far as the log is evaluated, and waits for the loop of the partition to merge it. */
interface HandOver {
  fold: SliceFold;
  /** null until it was read up to exactly where the partition stands. */
  merge: SliceMerge | null;
  resolve(outcome: 'merged' | 'read_on'): void;
  reject(error: unknown): void;
}

/**
 * Does what publications left to do, beside the live events of a partition: history is read and folded in the background, and
 * what that found is merged by the loop of the partition, some users between two batches. A user of the slice at hand who turns
 * up in a live batch is merged first. What was begun and not committed is begun anew by whoever owns the partition next.
 */
export class Recounts {
  readonly #ports: RecountPorts;
  readonly #rechecks: RecheckScan;
  #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #handOver: HandOver | null = null;
  /** What is committed. */
  #position = 0;
  /** Where the partition began: in front of it may lie an entry of which some events are committed already. */
  #beganAt = 0;
  /** A position at which nothing can be merged yet. */
  #blockedAt = -1;
  /** A control entry comes next: of no entry before it is anything left to be folded. */
  #isBetweenEntries = false;
  readonly #waiting = new Set<() => void>();
  #readiness: Promise<void> | undefined;

  constructor(ports: RecountPorts) {
    this.#ports = ports;
    this.#rechecks = new RecheckScan(ports);
  }

  async begin(position: number): Promise<void> {
    const { store, folder, partition } = this.#ports;
    const rows = await store.recounts.pending(partition);
    folder.board.clear();
    for (const row of rows) folder.board.begin(row, await store.catalogue({ tenantKey: row.tenantKey, atSequence: row.logSeq }));
    this.#position = this.#beganAt = position;
    this.#blockedAt = -1;
    this.#stopping = new AbortController();
    this.#running = this.#run(this.#stopping.signal);
  }

  async end(): Promise<void> {
    this.#stopping.abort();
    this.#handOver?.resolve('read_on');
    this.#handOver = null;
    this.#wake();
    await this.#running;
  }

  /** A batch of the partition is through. */
  committed({ newSeq, recounts = [] }: EvaluationBatch): void {
    const { board, tenants } = this.#ports.folder;
    for (const { change, row } of recounts) {
      // It was asked for by the entry that has just changed it.
      const catalogue = tenants.peek(row.tenantId)?.catalogue;
      if (change !== 'begin') board[change](row);
      else if (catalogue !== undefined) board.begin(row, catalogue);
      else throw new Error('the catalogue of a publication is in memory');
    }
    this.#position = newSeq;
    this.#wake();
  }

  /** Resolves when there is something for `turn` to do. */
  ready(): Promise<void> {
    if (this.#hasWork()) return Promise.resolve();
    return (this.#readiness ??= this.#untilReady());
  }

  /** Does a bounded piece of what is due. Nothing may be half folded. */
  async turn(): Promise<void> {
    if (!this.#hasWork()) return;
    await this.#ports.pipeline.settle();
    // What was met comes before what is merged: its place in the log may be the earlier one.
    if (this.#ports.folder.board.nextRecheck() !== null) await this.#rechecks.proceed();
    else if (this.#handOver !== null) await this.#proceed(this.#handOver);
  }

  /**
   * Before entries are folded or applied: whoever of the slice at hand turns up in them is merged first. Before what was counted is
   * corrected, all that is pending in its tenant is done. @throws ReaderBroken when the signal says to stop
   */
  async before(entries: readonly Entry[], signal: AbortSignal): Promise<void> {
    const [first] = entries;
    if (first?.kind === 'control' && (await this.#isCorrectionHere(first))) await this.#finish(first.control.tenantId, signal);
    await this.#recheckByHand(entries);
    const merge = this.#handOver?.merge;
    if (merge === undefined || merge === null) return;
    const { tenantId } = merge.of;
    const { aliases } = await this.#tenant(tenantId);
    const userIds = new Set<string>();
    for (const entry of entries)
      for (const userId of this.#usersOf(entry, { tenantId, aliases })) if (merge.isWaiting(userId)) userIds.add(userId);
    if (userIds.size > 0) {
      await this.#ports.pipeline.settle();
      await this.#rechecks.ensure(tenantId, [...userIds]);
      await merge.mergeThese([...userIds]);
    }
    // What is published or set from here on holds for those who are left: the log is read on with it.
    if (entries.some((entry) => entry.kind === 'control' && entry.control.tenantId === tenantId && changesCatalogue(entry))) {
      this.#handOver?.resolve('read_on');
      this.#handOver = null;
    }
  }

  /** Whether it changes what was counted of a user of this partition, or what a recount of theirs measures as of its publication. */
  async #isCorrectionHere({ control: { tenantId, body } }: Entry & { kind: 'control' }): Promise<boolean> {
    const userIds = usersCorrected(body);
    if (userIds.length === 0) return false;
    const { partition, partitions, folder } = this.#ports;
    const tenant = await this.#tenant(tenantId);
    const users = userIds.map((userId) => tenant.aliases.userOf(userId));
    const ours = users.filter((userId) => partitionOf(tenantId, userId, partitions) === partition);
    // What is done by hand is no matter of a recount, unless that measures something from it.
    return 'slug' in body ? ours.some((userId) => folder.board.isMeasured(tenant, userId, body.slug)) : ours.length > 0;
  }

  #tenant(tenantId: string): Promise<TenantContext> {
    const { folder, pipeline } = this.#ports;
    return folder.tenants.get(tenantId, pipeline.position + 1);
  }

  /** The events behind wait meanwhile: what was read of the history of the tenant must not hold what is retracted. */
  async #finish(tenantId: string, signal: AbortSignal): Promise<void> {
    const { folder, pipeline } = this.#ports;
    await pipeline.settle();
    const { tenantKey } = await this.#tenant(tenantId);
    const stopped = untilAborted(signal);
    this.#isBetweenEntries = true;
    try {
      while (folder.board.isAnyPending(tenantKey)) {
        await Promise.race([this.ready(), stopped.promise]);
        if (signal.aborted) throw new ReaderBroken('the partition stops');
        await this.turn();
      }
    } finally {
      this.#isBetweenEntries = false;
      stopped.forget();
    }
  }

  async #untilReady(): Promise<void> {
    do await this.#change();
    while (!this.#hasWork());
    this.#readiness = undefined;
  }

  /** Whom a person gives or takes something is looked at first; whom an event is of, when it is folded. */
  async #recheckByHand([entry]: readonly Entry[]): Promise<void> {
    if (entry?.kind !== 'control' || this.#ports.folder.board.nextRecheck() === null) return;
    const { tenantId } = entry.control;
    await this.#ports.pipeline.settle();
    const { aliases } = await this.#tenant(tenantId);
    await this.#rechecks.ensure(tenantId, [...this.#usersOf(entry, { tenantId, aliases })]);
  }

  /** An event under an alias comes once more under the name of its user. */
  *#usersOf(entry: Entry, { tenantId, aliases }: Pick<TenantContext, 'tenantId' | 'aliases'>): Generator<string> {
    if (entry.kind === 'events' && entry.tenantId === tenantId)
      for (const { userId } of entry.events) if (!aliases.isAlias(userId)) yield userId;
    if (entry.kind !== 'control' || entry.control.tenantId !== tenantId) return;
    const { body } = entry.control;
    const { partition, partitions } = this.#ports;
    if (body.kind !== 'unlock_granted' && body.kind !== 'unlock_revoked') return;
    const userId = aliases.userOf(body.userId);
    if (partitionOf(tenantId, userId, partitions) === partition) yield userId;
  }

  #hasWork(): boolean {
    const isBlocked = !this.#isBetweenEntries && this.#blockedAt === this.#ports.pipeline.position;
    const isDue = this.#handOver !== null && !isBlocked;
    return isDue || this.#ports.folder.board.nextRecheck() !== null;
  }

  async #proceed(handOver: HandOver): Promise<void> {
    handOver.merge ??= await this.#catchUp(handOver);
    if (handOver.merge === null || !(await handOver.merge.proceed())) return;
    this.#handOver = null;
    handOver.resolve('merged');
  }

  /** null where that cannot be done now. */
  async #catchUp({ fold, reject }: HandOver): Promise<SliceMerge | null> {
    const { position } = this.#ports.pipeline;
    try {
      if (!this.#isBetweenEntries && position === this.#beganAt && (await this.#holdsMore(fold, position))) {
        this.#blockedAt = position;
        return null;
      }
      await fold.readUpTo(position);
    } catch (error) {
      // Live events go on; the recount begins anew.
      this.#handOver = null;
      reject(error);
      return null;
    }
    return new SliceMerge(fold, this.#ports);
  }

  /** Whether the log holds an event of the tenant that is still to come. */
  async #holdsMore({ of: { tenantId } }: SliceFold, position: number): Promise<boolean> {
    const { log, partition } = this.#ports;
    const history = log.history({ partition, tenantId, after: position, before: Number.MAX_SAFE_INTEGER, signal: this.#stopping.signal });
    for await (const { subject } of history) if (!isControlSubject(subject)) return true;
    return false;
  }

  /** In the background, until told to stop. */
  async #run(signal: AbortSignal): Promise<void> {
    const { board } = this.#ports.folder;
    let delayMs = RECOUNT_RETRY_MS_MIN;
    while (!signal.aborted) {
      const row = board.nextRecount();
      if (row === null) {
        await this.#change();
        continue;
      }
      try {
        await this.#recountSlice(row, signal);
        delayMs = RECOUNT_RETRY_MS_MIN;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof SliceOverfull) {
          board.move({ ...row, slices: row.slices * 2, slicesDone: row.slicesDone * 2 });
          continue;
        }
        const about = { err: error, partition: this.#ports.partition, sequence: row.logSeq, delay_ms: delayMs };
        this.#ports.logger.warn(about, 'a recount begins anew');
        await this.#ports.pause(delayMs, signal);
        delayMs = Math.min(delayMs * 2, RECOUNT_RETRY_MS_MAX);
      }
    }
  }

  async #recountSlice(row: RecountRow, signal: AbortSignal): Promise<void> {
    const { log, store, partition, partitions, folder, limits } = this.#ports;
    const { tenantKey, tenantId, logSeq } = row;
    const { board } = folder;
    const { aliases } = await this.#tenant(tenantId);
    const fold = await SliceFold.begin(
      { tenantId, tenantKey, row },
      {
        log,
        store,
        partition,
        partitions,
        limits,
        aliases,
        signal,
        laterRecounts: () => board.recountsOf(tenantKey).filter((later) => later.logSeq > logSeq),
        isMerged: (userId) => board.isMerged(tenantKey, userId),
        noteRead: (readSeq) => store.recounts.noteRead({ tenantKey, partition, logSeq, readSeq }),
      },
    );
    while (!signal.aborted) {
      do await fold.readUpTo(this.#position);
      while (this.#position - fold.position > this.#ports.limits.catchUpMax && !signal.aborted);
      if (signal.aborted || (await this.#handedOver(fold)) === 'merged') return;
    }
  }

  #handedOver(fold: SliceFold): Promise<'merged' | 'read_on'> {
    return new Promise((resolve, reject) => {
      this.#handOver = { fold, merge: null, resolve, reject };
      this.#wake();
    });
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

function changesCatalogue({ control: { body } }: Entry & { kind: 'control' }): boolean {
  return body.kind === 'pack_published' || body.kind === 'tenant_configured';
}

function untilAborted(signal: AbortSignal): { promise: Promise<void>; forget(): void } {
  const { promise, resolve } = withResolvers();
  signal.addEventListener('abort', resolve);
  if (signal.aborted) resolve();
  return { promise, forget: () => signal.removeEventListener('abort', resolve) };
}

function withResolvers(): { promise: Promise<void>; resolve(this: void): void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}
