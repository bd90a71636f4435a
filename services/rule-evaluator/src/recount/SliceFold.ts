import { type CairnEvent, type ControlEntry, partitionOf } from '@cairn/contracts';
import {
  type Catalogue,
  concernsRecount,
  isRecheckDueAt,
  type RecountCatalogues,
  type RecountPhase,
  recountCatalogues,
  Scratch,
} from '@cairn/engine';
import { type RecountRow, recountPlace } from '@cairn/store';
import { type HistoryOwner, ownEvent, partitionsOfHistory } from '../aliases/historyOfPartition.js';
import type { UserAliases } from '../aliases/UserAliases.js';
import type { EvaluationLog } from '../log/EvaluationLog.js';
import { decodeEntry } from '../partition/decodeEntry.js';
import { toEngineEvent } from '../partition/toEngineEvent.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';
import { type PlacedEvent, placeKey, placesOfOriginals } from '../teams/placesOfOriginals.js';
import type { RecountLimits } from './RecountLimits.js';

export interface SliceFoldPorts {
  log: EvaluationLog;
  store: EvaluationStore;
  partition: number;
  /** Of the install. */
  partitions: number;
  limits: RecountLimits;
  /** Nobody of the partition is merged while something is recounted. */
  aliases: UserAliases;
  signal: AbortSignal;
  /** Recounts of the tenant that were asked for after this one, as far as the log is evaluated. */
  laterRecounts(): readonly RecountRow[];
  isMerged(userId: string): boolean;
  /** How far it has read. */
  noteRead(sequence: number): Promise<void>;
}

export interface SliceOf {
  tenantId: string;
  tenantKey: number;
  row: RecountRow;
}

type Phase = RecountPhase & RecountCatalogues;

/** More than fits into memory: the slice has to be thinner. */
export class SliceOverfull extends Error {
  readonly code = 'slice_overfull';

  constructor() {
    super('the slice of the users holds more than a recount keeps in memory');
    this.name = 'SliceOverfull';
  }
}

/** Folds the history of a share of the users by what is recounted, each into a scratch, as far as the log is evaluated. */
export class SliceFold {
  readonly #ports: SliceFoldPorts;
  readonly #of: SliceOf;
  readonly scratches = new Map<string, Scratch>();
  readonly #phases: Phase[] = [];
  #chunk: PlacedEvent[] = [];
  #events = 0;
  #position = 0;

  private constructor(of: SliceOf, ports: SliceFoldPorts) {
    this.#of = of;
    this.#ports = ports;
  }

  static async begin(of: SliceOf, ports: SliceFoldPorts): Promise<SliceFold> {
    const fold = new SliceFold(of, ports);
    const { logSeq: sequence, at, cause } = of.row;
    await fold.#addPhase({ sequence, at, cause }, () => false);
    return fold;
  }

  /** All that the log holds up to here is folded. */
  get position(): number {
    return this.#position;
  }

  get of(): SliceOf {
    return this.#of;
  }

  /** What held since the publication: each catalogue is that of what is merged. */
  get phases(): readonly [RecountPhase, ...RecountPhase[]] {
    const [first, ...rest] = this.#phases.map(({ merging, sequence, at, cause, isRecheckDue }) => ({
      ...{ sequence, at, cause, isRecheckDue },
      catalogue: merging,
    }));
    if (first === undefined) throw new Error('a recount begins with its publication');
    return [first, ...rest];
  }

  /** Whether a later recount has taken an XP rule over. */
  isTaken(xpRule: string): boolean {
    return this.#ports.laterRecounts().some((later) => later.xpRules.includes(xpRule));
  }

  holds(userId: string): boolean {
    const { slices, slicesDone } = this.#of.row;
    const place = recountPlace(userId) * slices;
    return place >= slicesDone && place < slicesDone + 1;
  }

  /** @throws SliceOverfull; ReaderBroken; StoreError. What was begun and failed cannot be gone on with. */
  async readUpTo(sequence: number): Promise<void> {
    const { log, signal } = this.#ports;
    const owner = this.#owner;
    const partition = partitionsOfHistory(owner);
    const history = log.history({
      partition,
      tenantId: owner.tenantId,
      after: this.#position,
      before: sequence + 1,
      control: 'include',
      signal,
    });
    for await (const raw of history) {
      const entry = decodeEntry(raw);
      if (entry.kind === 'newer') throw entry.error;
      if (entry.kind === 'control') await this.#takeControl(entry.control, entry.sequence);
      if (entry.kind === 'events') {
        for (const [index, event] of entry.events.entries()) {
          const own = ownEvent(event, owner);
          if (own !== null) this.#takeEvent(own, entry.sequence, index);
        }
      }
      if (this.#chunk.length >= this.#ports.limits.lookupEvents) {
        await this.#foldChunk();
        await this.#ports.noteRead(entry.sequence);
      }
    }
    await this.#foldChunk();
    this.#position = sequence;
  }

  get #owner(): HistoryOwner {
    const { partition, partitions, aliases } = this.#ports;
    return { tenantId: this.#of.tenantId, partition, partitions, aliases };
  }

  get #phase(): Phase {
    const phase = this.#phases.at(-1);
    if (phase === undefined) throw new Error('a recount begins with its publication');
    return phase;
  }

  #takeEvent(event: CairnEvent, sequence: number, index: number): void {
    const isConcerned = concernsRecount(this.#phase.counting, event.type);
    if (!(isConcerned || event.backfill) || !this.holds(event.userId) || this.#ports.isMerged(event.userId)) return;
    const place = { sequence, index };
    if (event.backfill && sequence > this.#of.row.logSeq) this.#scratchOf(event.userId).noteBackfill(place);
    if (isConcerned) this.#chunk.push({ event, place });
  }

  /** The log may hold duplicates, and what went to the dead letters: what counts is known to the store. */
  async #foldChunk(): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = [];
    // The partition has come this far, so whatever it has retracted lies before.
    const of = { store: this.#ports.store, tenantKey: this.#of.tenantKey, retractedBefore: Number.MAX_SAFE_INTEGER };
    const originals = await placesOfOriginals(of, chunk);
    for (const { event, place } of chunk) {
      if (originals.has(placeKey(place))) this.#scratchOf(event.userId).fold(this.#phase.counting, toEngineEvent(event, place));
    }
    this.#events += chunk.length;
    // One user cannot be cut into halves.
    const { usersMax, eventsMax } = this.#ports.limits;
    if (this.scratches.size > usersMax || (this.#events > eventsMax && this.scratches.size > 1)) throw new SliceOverfull();
    // Live events come first.
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #takeControl({ body, entryId: cause, at }: ControlEntry, sequence: number): Promise<void> {
    if (sequence <= this.#of.row.logSeq) return;
    await this.#foldChunk();
    switch (body.kind) {
      case 'pack_published':
        return this.#addPhase({ sequence, at, cause }, (catalogue) => isRecheckDueAt(catalogue, sequence));
      case 'tenant_configured':
        return this.#addPhase({ sequence, at, cause }, () => true);
      case 'unlock_granted':
      case 'unlock_revoked': {
        const { partition, partitions, aliases } = this.#ports;
        const userId = aliases.userOf(body.userId);
        const isOurs = partitionOf(this.#of.tenantId, userId, partitions) === partition;
        if (!isOurs || !this.#phase.slugs.has(body.slug) || !this.holds(userId) || this.#ports.isMerged(userId)) return;
        const { slug, level, period, reason } = body;
        const byHand = { slug, level, period, reason, at, cause };
        const scratch = this.#scratchOf(userId);
        if (body.kind === 'unlock_granted')
          scratch.grant(this.#phase.counting, sequence, { ...byHand, backfilled: body.backfilled ?? false });
        else scratch.revoke(sequence, byHand);
        return;
      }
      case 'team_unlock_granted':
      case 'team_unlock_revoked':
        return;
      case 'event_retracted':
      case 'users_merged':
      case 'user_erased':
      case 'tenant_merged':
        // It was waited for what is pending; the store knows what counts for nothing.
        return;
    }
  }

  async #addPhase(at: { sequence: number; at: number; cause: string }, isDue: (catalogue: Catalogue) => boolean): Promise<void> {
    const { row, tenantKey } = this.#of;
    const catalogue = await this.#ports.store.catalogue({ tenantKey, atSequence: at.sequence });
    const later = this.#ports.laterRecounts().filter(({ logSeq }) => logSeq <= at.sequence);
    const phase: Phase = { ...at, ...recountCatalogues(catalogue, row, later), catalogue, isRecheckDue: isDue(catalogue) };
    this.#phases.push(phase);
    if (!phase.isRecheckDue) return;
    for (const scratch of this.scratches.values()) scratch.recheck(phase.counting, at);
  }

  #scratchOf(userId: string): Scratch {
    let scratch = this.scratches.get(userId);
    if (scratch === undefined) this.scratches.set(userId, (scratch = new Scratch(this.#of.row.logSeq)));
    return scratch;
  }
}
