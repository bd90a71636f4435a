import type pg from 'pg';
import { pollUntil } from './pollUntil.js';

/** Resolves when the evaluator has committed each partition up to its last sequence, and nothing waits in the outbox any more. */
export function whenDrained(database: pg.Client, lastSequences: ReadonlyMap<number, number>): Promise<void> {
  return pollUntil('the log is drained', async () => {
    const { rows } = await database.query<{ partition: number; last_seq: string }>('SELECT partition, last_seq FROM partitions');
    if (rows.some((row) => Number(row.last_seq) < (lastSequences.get(row.partition) ?? 0))) return false;
    const { rows: left } = await database.query('SELECT 1 FROM outbox LIMIT 1');
    return left.length === 0;
  });
}
