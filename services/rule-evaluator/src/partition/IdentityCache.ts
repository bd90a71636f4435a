import { IdentityTable } from './IdentityTable.js';
import { SeenFilter } from './SeenFilter.js';

/** What tells an event from all others of its tenant: hashes of 16 bytes. */
export interface Identity {
  eventIdHash: Buffer;
  keyHash: Buffer | null;
  fingerprint: Buffer | null;
  payloadHash: Buffer;
}

/** An identity that a batch put in. */
export interface PlacedIdentity {
  tenantKey: number;
  identity: Identity;
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
  judge(tenantKey: number, identity: Identity): Verdict {
    const { eventIdHash, keyHash, fingerprint, payloadHash } = identity;
    const byId = this.#matches(saltOf(tenantKey, EVENT_ID), eventIdHash, payloadHash);
    const byKey = keyHash === null ? null : this.#matches(saltOf(tenantKey, KEY), keyHash, payloadHash);
    if (byId === false || byKey === false) return 'conflict';
    if (byId === true || byKey === true) return 'duplicate';
    const byFingerprint = fingerprint === null ? null : this.#matches(saltOf(tenantKey, FINGERPRINT), fingerprint, payloadHash);
    return byFingerprint === null ? 'new' : 'duplicate';
  }

  /** Whether it came before, for all that is known, though not with what: `judge` knows nothing of it, and the database may. */
  isSuspect(tenantKey: number, { eventIdHash, keyHash, fingerprint }: Identity): boolean {
    return (
      this.#isSuspect(saltOf(tenantKey, EVENT_ID), eventIdHash) ||
      (keyHash !== null && this.#isSuspect(saltOf(tenantKey, KEY), keyHash)) ||
      (fingerprint !== null && this.#isSuspect(saltOf(tenantKey, FINGERPRINT), fingerprint))
    );
  }

  add(tenantKey: number, { eventIdHash, keyHash, fingerprint, payloadHash }: Identity): void {
    this.#add(saltOf(tenantKey, EVENT_ID), eventIdHash, payloadHash);
    if (keyHash !== null) this.#add(saltOf(tenantKey, KEY), keyHash, payloadHash);
    if (fingerprint !== null) this.#add(saltOf(tenantKey, FINGERPRINT), fingerprint, payloadHash);
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
      for (const table of [this.#young, this.#old]) {
        table.delete(saltOf(tenantKey, EVENT_ID), identity.eventIdHash);
        if (identity.keyHash !== null) table.delete(saltOf(tenantKey, KEY), identity.keyHash);
        if (identity.fingerprint !== null) table.delete(saltOf(tenantKey, FINGERPRINT), identity.fingerprint);
      }
    }
  }

  clear(): void {
    this.#young = new IdentityTable();
    this.#old = new IdentityTable();
    this.#youngSeen = new SeenFilter();
    this.#oldSeen = new SeenFilter();
  }

  #add(salt: number, hash: Buffer, payload: Buffer): void {
    this.#young.set(salt, hash, payload);
    this.#youngSeen.add(salt, hash);
  }

  #isSuspect(salt: number, hash: Buffer): boolean {
    if (!this.#youngSeen.mayHold(salt, hash) && !this.#oldSeen.mayHold(salt, hash)) return false;
    return !this.#young.has(salt, hash) && !this.#old.has(salt, hash);
  }

  #matches(salt: number, hash: Buffer, payload: Buffer): boolean | null {
    return this.#young.matches(salt, hash, payload) ?? this.#old.matches(salt, hash, payload);
  }
}

function saltOf(tenantKey: number, kind: number): number {
  return tenantKey * KINDS + kind;
}
