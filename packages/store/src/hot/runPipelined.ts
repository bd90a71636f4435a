import type pg from 'pg';
import { assertCommitted } from '../assertCommitted.js';
import { toStoreError } from '../toStoreError.js';
import type { BoundStatement } from './HotStatement.js';
import { OneSyncTransaction } from './OneSyncTransaction.js';
import { plansAreStale } from './planAge.js';
import type { TextRow } from './TextRow.js';

/**
 * What surely fits into the socket in one write. Of more, a part might be sent and the rest not for long, by a process that is
 * frozen; in a transaction of one Sync no timeout of the server would then end the wait, and its locks would be held.
 */
const ONE_SYNC_BYTES_MAX = 64 * 1024;

const AS_TEXT = { getTypeParser: () => (value: string) => value };

/**
 * One transaction in one go: all is written to the connection before the first answer is read. A statement that fails aborts the
 * transaction, and the connection is then as good as before. Answers the rows of each statement; rejects with the first failure.
 *
 * @param statements all of them prepared, where `mayShareSync` says so
 * @param options.rows how many of one kind are written at most
 */
export async function runPipelined(
  pipeline: pg.Client,
  statements: readonly BoundStatement[],
  options: { mayShareSync: boolean; rows: number },
): Promise<TextRow[][]> {
  const renewed = plansAreStale(pipeline, options.rows) ? pipeline.query('DISCARD PLANS') : Promise.resolve();
  const isSmall = options.mayShareSync && bytesOf(statements) <= ONE_SYNC_BYTES_MAX;
  const [renewal, answers] = await Promise.allSettled([
    renewed,
    isSmall ? withOneSync(pipeline, statements) : withSyncs(pipeline, statements),
  ]);
  for (const settled of [renewal, answers]) if (settled.status === 'rejected') throw toStoreError(settled.reason);
  return answers.status === 'fulfilled' ? answers.value : [];
}

async function withOneSync(pipeline: pg.Client, statements: readonly BoundStatement[]): Promise<TextRow[][]> {
  return new Promise((resolve, reject) => {
    pipeline.query(new OneSyncTransaction(statements, { resolve, reject }));
  });
}

/** BEGIN, the statements and COMMIT, each with a Sync: after a failure every later one fails too, and COMMIT is answered by ROLLBACK. */
async function withSyncs(pipeline: pg.Client, statements: readonly BoundStatement[]): Promise<TextRow[][]> {
  const began = pipeline.query('BEGIN');
  const sent = statements.map((statement) => pipeline.query<(string | null)[]>({ ...statement, rowMode: 'array', types: AS_TEXT }));
  const committed = pipeline.query('COMMIT');
  const settled = await Promise.allSettled([began, ...sent, committed]);
  for (const answer of settled) if (answer.status === 'rejected') throw answer.reason;
  assertCommitted(await committed);
  return Promise.all(sent.map(async (answer) => (await answer).rows));
}

function bytesOf(statements: readonly BoundStatement[]): number {
  let bytes = 0;
  for (const { values } of statements) for (const value of values) bytes += value?.length ?? 0;
  return bytes;
}
