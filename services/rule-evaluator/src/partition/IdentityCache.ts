import { type EventIdentity, PackedIdentity } from '@cairn/contracts';
import { IdentityTable } from './IdentityTable.js';
import { SeenFilter } from './SeenFilter.js';

/** An identity that a batch put in. */
export interface PlacedIdentity {
  tenantKey: number;
  identity: EventIdentity;
}

/** What an event is in the light of the events before it (contract, section 2, «Identity»). */
export type Verdict = 'new' | 'duplicate' | 'conflict';

/** Kinds of hashes of one tenant, told apart by the lowest bits of a salt. */
const KINDS = 4;
const EVENT_ID = 1;
const KEY = 2;
const FINGERPRINT = 3;

/** How many hashes are known with what they stand for, and of how many it is known that they came before: in each generation. */
export interface IdentityBounds {
  entriesMax: number;
  suspectsMax: number;
}

/**
 * Recent identities of one partition, in two generations: when the young one is full it becomes the old one. That happens between
 * batches only, so that all that a batch needs to know stays until it is through, and for as long as the next one is folded.
 * Of those before them it knows no more than that they came: whoever may be one of them is to be looked up.
 */
export class IdentityCache {
  readonly #bounds: IdentityBounds;
  #young = new IdentityTable();
  #old = new IdentityTable();
  #youngSeen = new SeenFilter();
  #oldSeen = new SeenFilter();

  constructor(bounds: IdentityBounds) {
    this.#bounds = bounds;
  }

  /**
   * The same id or key with another payload is a conflict; any other match is a duplicate. That may be the event itself: one of
   * an entry that was cut, whose first part was committed before the partition started over.
   */
  judge(tenantKey: number, identity: EventIdentity): Verdict {
    const packed = PackedIdentity.of(identity);
    const { eventIdAt, keyAt, fingerprintAt } = packed;
    const byId = this.#matches(saltOf(tenantKey, EVENT_ID), packed, eventIdAt);
    const byKey = keyAt < 0 ? null : this.#matches(saltOf(tenantKey, KEY), packed, keyAt);
    if (byId === false || byKey === false) return 'conflict';
    if (byId === true || byKey === true) return 'duplicate';
    const byFingerprint = fingerprintAt < 0 ? null : this.#matches(saltOf(tenantKey, FINGERPRINT), packed, fingerprintAt);
    return byFingerprint === null ? 'new' : 'duplicate';
  }

  /** Whether it came before, for all that is known, though not with what: `judge` knows nothing of it, and the database may. */
  isSuspect(tenantKey: number, identity: EventIdentity): boolean {
    const { bytes, eventIdAt, keyAt, fingerprintAt } = PackedIdentity.of(identity);
    return (
      this.#isSuspect(saltOf(tenantKey, EVENT_ID), bytes, eventIdAt) ||
      (keyAt >= 0 && this.#isSuspect(saltOf(tenantKey, KEY), bytes, keyAt)) ||
      (fingerprintAt >= 0 && this.#isSuspect(saltOf(tenantKey, FINGERPRINT), bytes, fingerprintAt))
    );
  }

  add(tenantKey: number, identity: EventIdentity): void {
    const packed = PackedIdentity.of(identity);
    const { eventIdAt, keyAt, fingerprintAt } = packed;
    this.#add(saltOf(tenantKey, EVENT_ID), packed, eventIdAt);
    if (keyAt >= 0) this.#add(saltOf(tenantKey, KEY), packed, keyAt);
    if (fingerprintAt >= 0) this.#add(saltOf(tenantKey, FINGERPRINT), packed, fingerprintAt);
  }

  /** Before a batch: lets go of the old generation where the young one is full. */
  age(): void {
    const { entriesMax, suspectsMax } = this.#bounds;
    if (this.#young.size >= entriesMax) {
      this.#old = this.#young;
      this.#young = new IdentityTable(entriesMax);
    }
    if (this.#youngSeen.size >= suspectsMax) {
      this.#oldSeen = this.#youngSeen;
      this.#youngSeen = new SeenFilter();
    }
  }

  /** Takes back what a batch put in that was not committed. */
  delete(placed: Iterable<PlacedIdentity>): void {
    for (const { tenantKey, identity } of placed) {
      const { bytes, eventIdAt, keyAt, fingerprintAt } = PackedIdentity.of(identity);
      for (const table of [this.#young, this.#old]) {
        table.delete(saltOf(tenantKey, EVENT_ID), bytes, eventIdAt);
        if (keyAt >= 0) table.delete(saltOf(tenantKey, KEY), bytes, keyAt);
        if (fingerprintAt >= 0) table.delete(saltOf(tenantKey, FINGERPRINT), bytes, fingerprintAt);
      }
    }
  }

  clear(): void {
    this.#young = new IdentityTable();
    this.#old = new IdentityTable();
    this.#youngSeen = new SeenFilter();
    this.#oldSeen = new SeenFilter();
  }

  #add(salt: number, identity: PackedIdentity, at: number): void {
    this.#young.set(salt, identity, at);
    this.#youngSeen.add(salt, identity.bytes, at);
  }

  #isSuspect(salt: number, bytes: Buffer, at: number): boolean {
    if (!this.#youngSeen.mayHold(salt, bytes, at) && !this.#oldSeen.mayHold(salt, bytes, at)) return false;
    return !this.#young.has(salt, bytes, at) && !this.#old.has(salt, bytes, at);
  }

  #matches(salt: number, identity: PackedIdentity, at: number): boolean | null {
    return this.#young.matches(salt, identity, at) ?? this.#old.matches(salt, identity, at);
  }
}

function saltOf(tenantKey: number, kind: number): number {
  return tenantKey * KINDS + kind;
}
