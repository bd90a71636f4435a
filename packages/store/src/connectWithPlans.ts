import pg from 'pg';
import { connectionLimits } from './Database.js';
import { toStoreError } from './toStoreError.js';

export interface PipelineOptions {
  url: string;
  applicationName: string;
  /** Called once when the connection is lost; what was in flight rejects with `connection`. Open another one then. */
  onError(error: Error): void;
}

/** A process that is frozen in the middle of a transaction holds its partition: it lets go of it sooner than its lease runs out. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 4_000;

/**
 * Every statement of the hot path finds its few rows by an index: the plans are made once, and never scan a table.
 * `planAge.ts` says when they are made again.
 */
const PLANS = [
  'SET plan_cache_mode = force_generic_plan',
  'SET enable_seqscan = off',
  'SET enable_bitmapscan = off',
  'SET enable_hashjoin = off',
  'SET enable_mergejoin = off',
  'SET jit = off',
].join('; ');

/** A connection on which several queries may be under way at once, whose prepared statements are planned once. */
export async function connectWithPlans(options: PipelineOptions): Promise<pg.Client> {
  const client = new pg.Client({
    ...connectionLimits,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    connectionString: options.url,
    application_name: options.applicationName,
    pipeline: true,
  });
  let isLost = false;
  // The driver says it of the server's last word and of the end that follows.
  client.on('error', (error) => {
    if (!isLost) options.onError(error);
    isLost = true;
  });
  try {
    await client.connect();
    await client.query(PLANS);
    return client;
  } catch (error) {
    await client.end();
    throw toStoreError(error);
  }
}
