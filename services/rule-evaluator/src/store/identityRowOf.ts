import { type findIdentities, partitionOfNobody } from '@cairn/store';
import type { IdentityRow } from './EvaluationStore.js';

type StoredIdentity = Awaited<ReturnType<typeof findIdentities>>[number];

export function identityRowOf(row: StoredIdentity): IdentityRow {
  return {
    eventIdHash: bytesOf(row.eventIdHash),
    keyHash: row.keyHash === null ? null : bytesOf(row.keyHash),
    fingerprint: row.fingerprint === null ? null : bytesOf(row.fingerprint),
    payloadHash: bytesOf(row.payloadHash),
    sequence: row.logSeq,
    index: row.logIndex,
    retractedSeq: row.retractedSeq,
    isErased: partitionOfNobody(row.userKey) !== null,
  };
}

/** The 16 bytes of a UUID text. */
function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}
