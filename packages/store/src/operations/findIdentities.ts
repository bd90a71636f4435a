import { type Uuid, uuidArray } from '../binaryArrays.js';
import { type Preparable, runQuery } from '../runQuery.js';

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
  /** Whose it is in the log; null where that is `userKey`. */
  originKey: number | null;
  /** The entry of the log that retracted it; null where none did. */
  retractedSeq: number | null;
}

const IDENTITY_COLUMNS = ['event_id_hash', 'key_hash', 'fingerprint'] as const;
type IdentityColumn = (typeof IDENTITY_COLUMNS)[number];
/** The number of the parameter, behind the tenant. */
const FIRST_HASHES = 2;

/** Every event of the tenant that shares any of the identities, once each. */
export async function findIdentities(db: Preparable, query: IdentityQuery): Promise<IdentityRow[]> {
  const wanted = {
    event_id_hash: query.eventIdHashes,
    key_hash: presentOnly(query.keyHashes),
    fingerprint: presentOnly(query.fingerprints),
  };
  // To plan a look-up takes longer than to look some up: most events have no more than an id.
  const columns = IDENTITY_COLUMNS.filter((column) => wanted[column].length > 0);
  if (columns.length === 0) return [];
  return runQuery<IdentityRow>(db, {
    text: statementOf(columns),
    values: [query.tenantKey, ...columns.map((column) => uuidArray(wanted[column]))],
  });
}

/** By the columns that are looked into. */
const statements = new Map<string, string>();

function statementOf(columns: readonly IdentityColumn[]): string {
  const key = columns.join();
  let statement = statements.get(key);
  if (statement === undefined) {
    statement = `
      SELECT DISTINCT ON (event_id_hash)
             event_id AS "eventId", event_id_hash AS "eventIdHash", key_hash AS "keyHash", fingerprint,
             payload_hash AS "payloadHash", log_seq AS "logSeq", log_index AS "logIndex", user_key AS "userKey",
             origin_key AS "originKey", retracted_seq AS "retractedSeq"
        FROM (${columns.map((column, n) => byHash(column, FIRST_HASHES + n)).join(' UNION ALL ')}) AS matching
       ORDER BY event_id_hash`;
    statements.set(key, statement);
  }
  return statement;
}

/**
 * The events whose unique column holds one of the hashes. The limit keeps the planner from turning the look-ups into one join, which
 * on a table without statistics it would do by reading all of it.
 */
function byHash(column: IdentityColumn, parameter: number): string {
  return `
    SELECT found.* FROM unnest($${parameter}::uuid[]) AS wanted(hash)
      CROSS JOIN LATERAL (SELECT * FROM events WHERE tenant_key = $1::int4 AND ${column} = wanted.hash LIMIT 1) AS found`;
}

function presentOnly(hashes: readonly (Uuid | null)[]): Uuid[] {
  return hashes.filter((hash) => hash !== null);
}
