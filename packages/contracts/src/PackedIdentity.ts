import type { EventIdentity } from './event.js';

const HASH_BYTES = 16;
/** Where a hash would begin that is not there. */
const NONE = -1;

/**
 * The hashes of an event where they lie in the bytes of its entry of the log. A view of its own for each would take more memory than
 * the event; here one is made only for whoever asks for it. To change one, name all four: a spread copies none of them.
 */
export class PackedIdentity implements EventIdentity {
  readonly bytes: Buffer;
  /** Where each begins; -1 for one that is not there. */
  readonly eventIdAt: number;
  readonly keyAt: number;
  readonly fingerprintAt: number;
  readonly payloadAt: number;

  constructor(bytes: Buffer, at: { eventId: number; key: number; fingerprint: number; payload: number }) {
    this.bytes = bytes;
    this.eventIdAt = at.eventId;
    this.keyAt = at.key;
    this.fingerprintAt = at.fingerprint;
    this.payloadAt = at.payload;
  }

  /** The same identity, copied unless it is packed. */
  static of(identity: EventIdentity): PackedIdentity {
    if (identity instanceof PackedIdentity) return identity;
    const { eventIdHash, keyHash, fingerprint, payloadHash } = identity;
    const bytes = Buffer.concat([eventIdHash, payloadHash, keyHash ?? Buffer.alloc(0), fingerprint ?? Buffer.alloc(0)]);
    const third = 2 * HASH_BYTES;
    return new PackedIdentity(bytes, {
      eventId: 0,
      payload: HASH_BYTES,
      key: keyHash === null ? NONE : third,
      fingerprint: fingerprint === null ? NONE : third + (keyHash === null ? 0 : HASH_BYTES),
    });
  }

  get eventIdHash(): Buffer {
    return this.#at(this.eventIdAt);
  }

  get keyHash(): Buffer | null {
    return this.keyAt === NONE ? null : this.#at(this.keyAt);
  }

  get fingerprint(): Buffer | null {
    return this.fingerprintAt === NONE ? null : this.#at(this.fingerprintAt);
  }

  get payloadHash(): Buffer {
    return this.#at(this.payloadAt);
  }

  #at(begin: number): Buffer {
    return this.bytes.subarray(begin, begin + HASH_BYTES);
  }
}
