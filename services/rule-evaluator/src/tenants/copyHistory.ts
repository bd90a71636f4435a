import { type CairnEvent, eventOfMergedTenant, isErasedEvent } from '@cairn/contracts';
import {
  type Database,
  findIdentities,
  goesOnAs,
  isErasureUnderWay,
  listUserAliases,
  noteTenantCopy,
  partitionPositions,
  type TenantMerge,
  usersGoingOn,
} from '@cairn/store';
import { UserAliases } from '../aliases/UserAliases.js';
import { TENANT_COPY_EVENTS_AHEAD } from '../limits.js';
import { decodeEntry } from '../partition/decodeEntry.js';
import type { ReplaySource } from '../replay/ReplaySource.js';
import { identityRowOf } from '../store/identityRowOf.js';
import { PartitionProgress } from '../teams/PartitionProgress.js';
import { type PlacedEvent, placeKey, placesOfOriginals } from '../teams/placesOfOriginals.js';
import { bringUnlocks } from './bringUnlocks.js';
import { entriesOfCopies } from './entriesOfCopies.js';
import { LaterSettings } from './LaterSettings.js';
import { refuseTrimmed } from './refuseTrimmed.js';
import { type Setting, settingOf } from './settingOf.js';

export interface HistoryCopyPorts {
  database: Database;
  log: Pick<ReplaySource, 'history' | 'extent'>;
  /** Of the install. */
  partitions: number;
  /** Resolves with the sequence once the entry is in the log; the same id within two minutes is the same entry. */
  publish(subject: string, data: Uint8Array, messageId?: string): Promise<number>;
}

/**
 * Puts what counted in a merged tenant into the log again, as events of the one that goes on, in the order of the log and told long
 * after. Some are on their way at a time, and how far it came is noted behind them. It ends early where the signal says so, or somebody of
 * the tenant is to be erased.
 * @throws HistoryTrimmed
 */
export async function copyHistory(
  merge: TenantMerge,
  ports: HistoryCopyPorts,
  signal: AbortSignal,
): Promise<{ events: number; isFinished: boolean }> {
  const copy = new HistoryCopy(merge, { ...ports, signal });
  const isFinished = await copy.run();
  return { events: copy.events, isFinished };
}

class HistoryCopy {
  readonly #merge: TenantMerge;
  readonly #ports: HistoryCopyPorts & { signal: AbortSignal };
  readonly #progress = new PartitionProgress();
  #aliases = new UserAliases();
  #chunk: PlacedEvent[] = [];
  /** Where the entries of the chunk lie. */
  #read: number[] = [];
  #scannedSeq: number;
  #later: LaterSettings | undefined;
  events: number;

  constructor(merge: TenantMerge, ports: HistoryCopyPorts & { signal: AbortSignal }) {
    this.#merge = merge;
    this.#ports = ports;
    this.#scannedSeq = merge.scannedSeq;
    this.events = merge.events;
  }

  async run(): Promise<boolean> {
    const { tenantId, tenantKey, logSeq, scannedSeq } = this.#merge;
    const { database, log, signal } = this.#ports;
    // Until then it is not known which of its events count, and what is held.
    await this.#untilPast(await this.#everybodyAt(logSeq));
    this.#aliases = UserAliases.of(await listUserAliases(database.pool, { tenantKey, atSequence: logSeq }));
    for await (const raw of log.history({ partition: null, tenantId, after: scannedSeq, before: logSeq, signal })) {
      const entry = decodeEntry(raw);
      if (entry.kind === 'newer') throw entry.error;
      if (entry.kind !== 'events') continue;
      this.#read.push(entry.sequence);
      for (const [index, event] of entry.events.entries())
        if (!isErasedEvent(event)) this.#chunk.push({ event, place: { sequence: entry.sequence, index } });
      const isFull = Math.max(this.#chunk.length, this.#read.length) >= TENANT_COPY_EVENTS_AHEAD;
      if (isFull && !(await this.#flush(entry.sequence))) return false;
    }
    return (await this.#flush(logSeq)) && (await this.#bringUnlocks());
  }

  /** What the history gives is given before, so that it is put down to that. */
  async #bringUnlocks(): Promise<boolean> {
    const { tenantKey, logSeq } = this.#merge;
    const { database } = this.#ports;
    const untilEvaluated = async (sequence: number) => this.#untilPast(await this.#everybodyAt(sequence));
    if (!(await bringUnlocks(this.#merge, { ...this.#ports, untilEvaluated }))) return false;
    await noteTenantCopy(database.pool, { tenantKey, events: this.events, scannedSeq: logSeq, isFinished: true });
    return true;
  }

  /** All partitions, and the loop of the teams. */
  async #everybodyAt(sequence: number): Promise<Map<number, number>> {
    return new Map((await partitionPositions(this.#ports.database.pool)).map(({ partition }) => [partition, sequence]));
  }

  /** What was read up to a place in the log. Answers whether it may go on. */
  async #flush(scannedSeq: number): Promise<boolean> {
    const { database, partitions, publish, signal } = this.#ports;
    const { tenantKey, intoTenant } = this.#merge;
    // What was read of somebody who is being erased is not told again.
    if (signal.aborted || (await isErasureUnderWay(database.pool, { tenantKey }))) return false;
    await this.#refuseTrimmed(scannedSeq);
    const chunk = this.#chunk.splice(0);
    const counted = await this.#countedOf(chunk);
    const copies = counted.map(({ event }) =>
      eventOfMergedTenant({ ...event, backfill: true }, { tenantId: intoTenant, userId: this.#aliases.userOf(event.userId) }),
    );
    const reached = new Map<number, number>();
    for (const { partition, subject, data } of entriesOfCopies(copies, { tenantId: intoTenant, partitions }))
      reached.set(partition, await publish(subject, data));
    await this.#untilPast(reached);
    if (signal.aborted) return false;
    this.events += copies.length;
    await noteTenantCopy(database.pool, { tenantKey, events: this.events, scannedSeq, isFinished: false });
    this.#scannedSeq = scannedSeq;
    this.#read = [];
    return true;
  }

  /** What the log begins behind may be gone before it was read. */
  async #refuseTrimmed(before: number): Promise<void> {
    const { database, log } = this.#ports;
    const { first } = await log.extent();
    await refuseTrimmed(database, this.#merge, { after: this.#scannedSeq, before, read: this.#read, firstSequence: first });
  }

  /** Those that count: no repetitions, nothing that was retracted, and no setting that another stands above. */
  async #countedOf(chunk: readonly PlacedEvent[]): Promise<PlacedEvent[]> {
    const { pool } = this.#ports.database;
    const { tenantKey } = this.#merge;
    const store = {
      findIdentities: async (of: Parameters<typeof findIdentities>[1]) => (await findIdentities(pool, of)).map(identityRowOf),
    };
    const originals = await placesOfOriginals({ store, tenantKey, retractedBefore: Number.MAX_SAFE_INTEGER }, chunk);
    const counted = chunk.filter(({ place }) => originals.has(placeKey(place)));
    const settings = counted.flatMap(({ event }) => {
      const setting = settingOf(event);
      return setting === null ? [] : [{ event, setting }];
    });
    if (settings.length === 0) return counted;
    const outdated = await this.#outdatedOf(settings);
    return counted.filter(({ event }) => !outdated.has(event));
  }

  /**
   * Whoever was known to the tenant that goes on keeps the settings that they have there; that they opted out anywhere holds. What anybody
   * says since the merge holds as well.
   */
  async #outdatedOf(settings: readonly { event: CairnEvent; setting: Setting }[]): Promise<Set<CairnEvent>> {
    const { pool } = this.#ports.database;
    const { intoTenant: tenantId, logSeq: before } = this.#merge;
    const userIds = [...new Set(settings.map(({ event }) => this.#aliases.userOf(event.userId)))];
    const users = new Map((await usersGoingOn(pool, { tenantId, userIds, before })).map((user) => [user.asked, user]));
    const later = await this.#readLater();
    const isOutdated = ({ event, setting }: { event: CairnEvent; setting: Setting }) => {
      const user = users.get(this.#aliases.userOf(event.userId));
      if (user === undefined) return false;
      return (user.isKnown && event.type !== 'privacy.opted_out') || later.isOutdated(user.userId, setting);
    };
    return new Set(settings.filter(isOutdated).map(({ event }) => event));
  }

  /** Up to the end of the log as it is by now. */
  async #readLater(): Promise<LaterSettings> {
    const { database, log, signal } = this.#ports;
    const { intoTenant, logSeq } = this.#merge;
    const tenantId = (await goesOnAs(database.pool, intoTenant))?.tenantId ?? intoTenant;
    this.#later ??= new LaterSettings({ log, tenantId, after: logSeq, signal });
    await this.#later.readTo((await log.extent()).last);
    return this.#later;
  }

  async #untilPast(sequences: ReadonlyMap<number, number>): Promise<void> {
    const { database, signal } = this.#ports;
    const areAllPast = () => [...sequences].every(([partition, sequence]) => this.#progress.isPast(partition, sequence));
    const look = async () => new Map((await partitionPositions(database.pool)).map(({ partition, lastSeq }) => [partition, lastSeq]));
    await this.#progress.reached(areAllPast, { look, signal });
  }
}
