import pg from 'pg';
import { typeParsers } from './typeParsers.js';

/** Connections of the pool for ordinary reads and writes. */
export interface Database {
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** `postgres://…` */
  url: string;
  /** Shows in `pg_stat_activity`. */
  applicationName: string;
  connectionsMax?: number;
  /** Called for an idle connection that breaks; the pool replaces it by itself. */
  onError(error: Error): void;
}

const POOL_CONNECTIONS_MAX = 10;
const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 60_000;
const LOCK_TIMEOUT_MS = 30_000;
/** A frozen process must not hold its locks for longer than this. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;

export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...connectionLimits,
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.connectionsMax ?? POOL_CONNECTIONS_MAX,
  });
  let isClosing = false;
  pool.on('error', (error) => {
    // The pool hangs the whole client on its errors: nothing for a log.
    Reflect.deleteProperty(error, 'client');
    if (!isClosing) options.onError(error);
  });
  return {
    pool,
    close: () => {
      isClosing = true;
      return pool.end();
    },
  };
}

/** What the pool's connections and a pipeline have in common. */
export const connectionLimits = {
  types: typeParsers,
  keepAlive: true,
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  statement_timeout: STATEMENT_TIMEOUT_MS,
  lock_timeout: LOCK_TIMEOUT_MS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
} as const satisfies pg.ClientConfig;
