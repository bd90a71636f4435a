import { type Uuid, uuidArray } from '../binaryArrays.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Hashes are 16 bytes, or their text; null where an event has none. Order and repetition do not matter. */
export interface IdentityQuery {
  tenantKey: number;
  eventIdHashes: readonly Uuid[];
  keyHashes: readonly (Uuid | null)[];
  fingerprints: readonly (Uuid | null)[];
}

/** An event that is known. Hashes are UUID text in lower case: see `uuidText`. */
export interface IdentityRow {
  eventId: string;
  eventIdHash: string;
  keyHash: string | null;
  fingerprint: string | null;
  payloadHash: string;
  logSeq: number;
  logIndex: number;
  userKey: number;
}

/** Every event of the tenant that shares any of the identities, once each. */
export async function findIdentities(db: Queryable, query: IdentityQuery): Promise<IdentityRow[]> {
  return runQuery<IdentityRow>(db, {
    text: `
      WITH matching AS (
        SELECT e.event_id_hash FROM unnest($2::uuid[]) AS h(hash) JOIN events AS e ON e.tenant_key = $1::int4 AND e.event_id_hash = h.hash
         UNION
        SELECT e.event_id_hash FROM unnest($3::uuid[]) AS h(hash) JOIN events AS e ON e.tenant_key = $1::int4 AND e.key_hash = h.hash
         UNION
        SELECT e.event_id_hash FROM unnest($4::uuid[]) AS h(hash) JOIN events AS e ON e.tenant_key = $1::int4 AND e.fingerprint = h.hash
      )
      SELECT e.event_id AS "eventId", e.event_id_hash AS "eventIdHash", e.key_hash AS "keyHash", e.fingerprint,
             e.payload_hash AS "payloadHash", e.log_seq AS "logSeq", e.log_index AS "logIndex", e.user_key AS "userKey"
        FROM matching JOIN events AS e ON e.tenant_key = $1::int4 AND e.event_id_hash = matching.event_id_hash`,
    values: [query.tenantKey, uuidArray(query.eventIdHashes), presentOnly(query.keyHashes), presentOnly(query.fingerprints)],
  });
}

function presentOnly(hashes: readonly (Uuid | null)[]): Buffer {
  return uuidArray(hashes.filter((hash) => hash !== null));
}
