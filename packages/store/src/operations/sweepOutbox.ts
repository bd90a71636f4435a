import type pg from 'pg';
import { inTransaction } from '../inTransaction.js';
import { deleteOutbox } from './deleteOutbox.js';
import { type OutboxMessage, type OutboxQuery, takeOutbox } from './takeOutbox.js';

/**
 * Hands what a crash left to `publish` and deletes what it says was acknowledged, in one transaction, so that two sweeps share
 * the work. A sweep that dies leaves the rows: at least once. Returns how many rows were taken.
 */
export async function sweepOutbox(
  pool: pg.Pool,
  query: OutboxQuery,
  publish: (messages: readonly OutboxMessage[]) => Promise<readonly number[]>,
): Promise<number> {
  return inTransaction(pool, async (client) => {
    const messages = await takeOutbox(client, query);
    if (messages.length > 0) await deleteOutbox(client, await publish(messages));
    return messages.length;
  });
}
