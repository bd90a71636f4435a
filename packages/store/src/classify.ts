import pg from 'pg';
import { StoreError, type StoreErrorCode } from './StoreError.js';

const BY_SQLSTATE: Readonly<Record<string, StoreErrorCode>> = {
  CA001: 'fenced',
  CA002: 'unlock_taken',
  CA003: 'unlock_missing',
  '40001': 'retryable', // serialization_failure
  '40P01': 'retryable', // deadlock_detected
  '55P03': 'retryable', // lock_not_available
  '55000': 'connection', // object_not_in_prerequisite_state: the database takes no connections at present
  '57014': 'retryable', // query_canceled: statement_timeout
  '25006': 'connection', // read_only_sql_transaction: a failover made a replica of this server
  '25P03': 'connection', // idle_in_transaction_session_timeout
  '26000': 'connection', // a prepared statement is gone: only a new connection has it again
};

const BY_CLASS: Readonly<Record<string, StoreErrorCode>> = {
  '08': 'connection',
  '22': 'invalid_data',
  '23': 'constraint',
  '53': 'resources',
  '57': 'connection',
};

const BY_TABLE_OF_DUPLICATE: Readonly<Record<string, StoreErrorCode>> = {
  events: 'identity_taken',
  unlocks: 'unlock_taken',
  xp_entries: 'xp_taken',
};

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** How many causes of causes are looked at. */
const CAUSES_MAX = 5;

/** What an error of the database means; null for one that did not come from it. Looks through `cause`. */
export function classify(error: unknown): StoreErrorCode | null {
  let at = error;
  for (let depth = 0; depth < CAUSES_MAX && at instanceof Error; depth++) {
    const code = codeOf(at);
    if (code !== null) return code;
    at = at.cause;
  }
  return null;
}

function codeOf(error: Error & { code?: unknown }): StoreErrorCode | null {
  if (error instanceof StoreError) return error.code;
  if (error instanceof pg.DatabaseError) return ofDatabaseError(error);
  if (error instanceof AggregateError) return error.errors.some((e: unknown) => classify(e) === 'connection') ? 'connection' : null;
  return typeof error.code === 'string' && NETWORK.has(error.code) ? 'connection' : null;
}

function ofDatabaseError(error: pg.DatabaseError): StoreErrorCode {
  const state = error.code ?? '';
  if (state === '23505') return BY_TABLE_OF_DUPLICATE[error.table ?? ''] ?? 'constraint';
  return BY_SQLSTATE[state] ?? BY_CLASS[state.slice(0, 2)] ?? 'unexpected';
}
