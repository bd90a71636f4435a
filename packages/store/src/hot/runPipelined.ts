import type pg from 'pg';
import { assertCommitted } from '../assertCommitted.js';
import { toStoreError } from '../toStoreError.js';
import type { BoundStatement } from './HotStatement.js';
import { plansAreStale } from './planAge.js';

/** What a statement returned. */
export interface Answer {
  rows: unknown[];
}

/**
 * One transaction in one go: BEGIN, the statements and COMMIT are all written to the connection before the first answer is
 * read. A statement that fails aborts the transaction, so that every later one fails too and COMMIT is answered by ROLLBACK;
 * the connection is then as good as before. Rejects with the first failure.
 */
export async function runPipelined(pipeline: pg.Client, statements: readonly BoundStatement[]): Promise<Answer[]> {
  const renewal = plansAreStale(pipeline) ? [pipeline.query('DISCARD PLANS')] : [];
  const answers = [
    ...renewal,
    pipeline.query('BEGIN'),
    ...statements.map((statement) => pipeline.query(statement)),
    pipeline.query('COMMIT'),
  ];
  const settled = await Promise.allSettled(answers);
  const results = settled.map((answer) => {
    if (answer.status === 'rejected') throw toStoreError(answer.reason);
    return answer.value;
  });
  assertCommitted(results.at(-1) ?? { command: 'nothing' });
  return results.slice(renewal.length + 1, -1);
}
