import {
  type CommittedBatch,
  type ErasureRow,
  type EvaluationBatch,
  nobodyOf,
  type OwnerKind,
  type PackedHashes,
  partitionOfNobody,
  type RecountRow,
  type Restoration,
  StoreError,
  TEAMS_PARTITION,
} from '@cairn/store';
import type { Guards } from '../world/Guards.js';
import { Aliases } from './Aliases.js';
import type { Versions } from './Versions.js';

const HASH_BYTES = 16;

export interface PartitionRow {
  owner: string | null;
  epoch: number;
  lastSeq: number;
  leaseUntil: number;
}

export interface OutboxTableRow {
  id: number;
  subject: string;
  messageId: string;
  headers: Readonly<Record<string, string>> | null;
  payload: Uint8Array;
  createdAt: number;
}

export interface EventRow {
  eventId: string;
  eventIdHash: Buffer;
  keyHash: Buffer | null;
  fingerprint: Buffer | null;
  payloadHash: Buffer;
  userKey: number;
  /** Who sent it, where it is another's since. */
  originKey: number | null;
  sequence: number;
  index: number;
  /** The entry of the log that retracted it. */
  retractedSeq: number | null;
}

export interface Owner {
  kind: OwnerKind;
  name: string;
}

export type UnlockTableRow = EvaluationBatch['unlocks'][number] & {
  revokedAt: number | null;
  revokedReason: string | null;
  restored: Restoration | null;
};
type Entry = EvaluationBatch['xp'][number];

/** What PostgreSQL holds and enforces, as plainly as it can be said: each method is one statement or one transaction. */
export class Tables {
  readonly partitions = new Map<number, PartitionRow>();
  readonly evaluators = new Map<string, number>();
  /** Users, teams and members by their keys. */
  readonly owners = new Map<number, Owner>();
  readonly events: EventRow[] = [];
  readonly unlocks: UnlockTableRow[] = [];
  readonly xp: Entry[] = [];
  readonly states = new Map<number, { state: Uint8Array; lastSeq: number }>();
  readonly outbox = new Map<number, OutboxTableRow>();
  readonly aliases = new Aliases();
  readonly #recounts = new Map<string, { partition: number; row: RecountRow }>();
  readonly #byIdentity = new Map<string, EventRow>();
  readonly #ownerKeys = new Map<string, number>();
  readonly #unlockKeys = new Set<string>();
  readonly #entryIds = new Set<string>();
  #outboxIds = 0;
  #ownersMade = 0;

  constructor(
    partitions: number,
    readonly versions: Versions,
    readonly guards: Guards,
  ) {
    for (const partition of [...Array.from({ length: partitions }, (_, i) => i), TEAMS_PARTITION])
      this.partitions.set(partition, { owner: null, epoch: 0, lastSeq: 0, leaseUntil: 0 });
  }

  /** Who is not there yet is created. */
  keyOf(owner: Owner): number {
    const known = this.findKey(owner);
    if (known !== undefined) return known;
    const key = ++this.#ownersMade;
    this.owners.set(key, owner);
    this.#ownerKeys.set(`${owner.kind} ${owner.name}`, key);
    return key;
  }

  findKey({ kind, name }: Owner): number | undefined {
    return this.#ownerKeys.get(`${kind} ${name}`);
  }

  /** The keys of all of a kind, by name. */
  all(kind: OwnerKind): Map<string, number> {
    return new Map([...this.owners].filter(([, owner]) => owner.kind === kind).map(([key, { name }]) => [name, key]));
  }

  /** Whether nobody reads the log up to a place any more. */
  arePast(sequence: number): boolean {
    return [...this.partitions.values()].every(({ lastSeq }) => lastSeq >= sequence);
  }

  /** How many events were taken from a user; of one who was merged, also those that are another's since. */
  countEvents({ userKey, wasMerged }: { userKey: number; wasMerged: boolean }): number {
    const isTheirs = (event: EventRow): boolean =>
      (event.userKey === userKey && event.originKey === null) || (wasMerged && event.originKey === userKey);
    return this.events.filter(isTheirs).length;
  }

  pendingRecounts(partition?: number): RecountRow[] {
    const pending = [...this.#recounts.values()];
    return pending.filter((recount) => partition === undefined || recount.partition === partition).map(({ row }) => row);
  }

  find(identities: readonly string[]): EventRow[] {
    const rows = identities.map((identity) => this.#byIdentity.get(identity)).filter((row) => row !== undefined);
    return [...new Set(rows)];
  }

  /** All of the batches in one transaction, or nothing of any. @throws StoreError as the store does */
  commit(batches: readonly EvaluationBatch[], now: number): CommittedBatch[] {
    const taken = new Set<string>();
    for (const batch of batches) {
      const partition = this.#partition(batch.partition);
      if (this.guards.fence && (partition.epoch !== batch.epoch || partition.lastSeq !== batch.oldSeq))
        throw new StoreError('fenced', `epoch ${partition.epoch}, position ${partition.lastSeq}`);
      if (this.guards.uniqueConstraint && this.guards.returnedRowsOnly) this.#refuseTaken(batch, taken);
    }
    return batches.map((batch) => {
      this.#partition(batch.partition).lastSeq = batch.newSeq;
      this.#insertEvents(eventRowsOf(batch));
      this.#insertUnlocks(batch);
      this.#correct(batch);
      for (const erasure of batch.erasures ?? []) this.#erase(erasure, batch.partition);
      this.#applyRecounts(batch);
      for (const row of batch.userStates) this.states.set(row.userKey, { state: row.state, lastSeq: batch.newSeq });
      return { outbox: this.#insertOutbox(batch, now), evidence: batch.unlocks.map(() => '[]') };
    });
  }

  #refuseTaken(batch: EvaluationBatch, seen: Set<string>): void {
    const rows = eventRowsOf(batch);
    for (const identity of rows.flatMap(identitiesOf)) {
      if (this.#byIdentity.has(identity) || seen.has(identity)) throw new StoreError('identity_taken', identity);
      seen.add(identity);
    }
    for (const row of batch.unlocks) if (this.#unlockKeys.has(unlockKey(row))) throw new StoreError('unlock_taken', unlockKey(row));
    for (const row of batch.xp) if (this.#entryIds.has(String(row.entryId))) throw new StoreError('xp_taken', String(row.entryId));
  }

  /** Where nobody looks at what was returned, a row that exists is passed over in silence. */
  #insertEvents(rows: readonly EventRow[]): void {
    for (const row of rows) {
      const identities = identitiesOf(row);
      if (this.guards.uniqueConstraint && identities.some((identity) => this.#byIdentity.has(identity))) continue;
      this.events.push(row);
      for (const identity of identities) this.#byIdentity.set(identity, row);
    }
  }

  #insertUnlocks(batch: EvaluationBatch): void {
    for (const row of batch.unlocks) {
      if (this.guards.uniqueConstraint && this.#unlockKeys.has(unlockKey(row))) continue;
      this.#unlockKeys.add(unlockKey(row));
      this.unlocks.push({ ...row, revokedAt: null, revokedReason: null, restored: null });
    }
    for (const row of batch.xp) {
      // Who does not look at the unlocks that were returned pays under an id that was not there.
      this.#entryIds.add(String(row.entryId));
      this.xp.push(row);
    }
  }

  #correct({ revocations, retractions = [], eventMoves = [], unlockRewrites = [] }: EvaluationBatch): void {
    for (const { unlockId, revokedAt, revokedReason, restored = null } of revocations)
      Object.assign(this.#unlock(unlockId), { revokedAt, revokedReason, restored });
    for (const { tenantKey: _, unlockId, ...rewritten } of unlockRewrites) Object.assign(this.#unlock(unlockId), rewritten);
    for (const { fromKey, intoKey } of eventMoves) {
      for (const event of this.events.filter(({ userKey }) => userKey === fromKey))
        Object.assign(event, { userKey: intoKey, originKey: event.originKey ?? fromKey });
    }
    for (const { eventIdHash, logSeq } of retractions) {
      const event = this.#byIdentity.get(identityName('event', Buffer.from(eventIdHash as Uint8Array)));
      if (event !== undefined && partitionOfNobody(event.userKey) === null) event.retractedSeq ??= logSeq;
    }
  }

  /** Who is nobody any more keeps what repetitions are known by. */
  #erase({ userKey, events: atMost, wasMerged, isLast }: ErasureRow, partition: number): void {
    const own = this.events.filter((event) => event.userKey === userKey && event.originKey === null);
    const moved = wasMerged ? this.events.filter(({ originKey }) => originKey === userKey) : [];
    for (const event of [...own.slice(0, atMost), ...moved.slice(0, atMost)]) {
      if (event.fingerprint !== null) this.#byIdentity.delete(identityName('fingerprint', event.fingerprint));
      Object.assign(event, { userKey: nobodyOf(partition), originKey: null, eventId: '', fingerprint: null, retractedSeq: null });
    }
    if (!isLast) return;
    for (const unlock of removed(this.unlocks, userKey)) this.#unlockKeys.delete(unlockKey(unlock));
    for (const { entryId } of removed(this.xp, userKey)) this.#entryIds.delete(String(entryId));
    this.states.delete(userKey);
    const owner = this.owners.get(userKey);
    this.owners.delete(userKey);
    if (owner !== undefined) this.#ownerKeys.delete(`${owner.kind} ${owner.name}`);
  }

  #unlock(unlockId: unknown): UnlockTableRow {
    const unlock = this.unlocks.find((row) => row.unlockId === unlockId);
    if (unlock === undefined) throw new StoreError('unlock_missing', String(unlockId));
    return unlock;
  }

  #applyRecounts({ partition, recounts = [], xpTotals = [] }: EvaluationBatch): void {
    for (const { change, row } of recounts) {
      const key = `${partition}:${row.logSeq}:${row.kind}`;
      if (change === 'end') this.#recounts.delete(key);
      else if (change === 'move' || !this.#recounts.has(key)) this.#recounts.set(key, { partition, row });
    }
    for (const { entryId, totalAfter } of xpTotals) {
      const at = this.xp.findIndex((row) => String(row.entryId) === String(entryId));
      const row = this.xp[at];
      if (row !== undefined) this.xp[at] = { ...row, totalAfter };
    }
  }

  #insertOutbox(batch: EvaluationBatch, now: number): { id: number; payload: Buffer }[] {
    return batch.outbox.map((row) => {
      const id = ++this.#outboxIds;
      const payload = 'before' in row.payload ? Buffer.from(`${row.payload.before}[]${row.payload.after}`) : Buffer.from(row.payload);
      if (this.guards.outbox) {
        const { subject, msgId: messageId, headers } = row;
        this.outbox.set(id, { id, subject, messageId, headers, payload, createdAt: now });
      }
      return { id, payload };
    });
  }

  #partition(partition: number): PartitionRow {
    const row = this.partitions.get(partition);
    if (row === undefined) throw new StoreError('unexpected', `there is no partition ${partition}`);
    return row;
  }
}

/** Takes the rows of a user out. */
function removed<Row extends { userKey: number }>(rows: Row[], userKey: number): Row[] {
  const theirs = rows.filter((row) => row.userKey === userKey);
  for (const row of theirs) rows.splice(rows.indexOf(row), 1);
  return theirs;
}

export function identityName(kind: 'event' | 'key' | 'fingerprint', hash: Uint8Array): string {
  return `${kind} ${Buffer.from(hash).toString('hex')}`;
}

function identitiesOf({ eventIdHash, keyHash, fingerprint }: EventRow): string[] {
  return [
    identityName('event', eventIdHash),
    ...(keyHash === null ? [] : [identityName('key', keyHash)]),
    ...(fingerprint === null ? [] : [identityName('fingerprint', fingerprint)]),
  ];
}

function hashesOf({ bytes, eventIdAt, keyAt, fingerprintAt, payloadAt }: PackedHashes) {
  const copy = (at: number): Buffer => Buffer.from(bytes.subarray(at, at + HASH_BYTES));
  return {
    eventIdHash: copy(eventIdAt),
    keyHash: keyAt < 0 ? null : copy(keyAt),
    fingerprint: fingerprintAt < 0 ? null : copy(fingerprintAt),
    payloadHash: copy(payloadAt),
  };
}

function eventRowsOf({ events }: EvaluationBatch): EventRow[] {
  const at = <T>(column: readonly T[], i: number): T => column[i] as T;
  return events.eventId.map((eventId, i) => ({
    eventId,
    ...hashesOf(at(events.identity, i)),
    userKey: at(events.userKey, i),
    sequence: at(events.logSeq, i),
    index: at(events.logIndex, i),
    originKey: null,
    retractedSeq: null,
  }));
}

export function unlockKey(row: { userKey: number; slug: string; level: string | null; period: string | null }): string {
  return `${row.userKey}:${row.slug}:${row.level ?? ''}:${row.period ?? ''}`;
}
