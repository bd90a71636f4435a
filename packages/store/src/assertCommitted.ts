import { StoreError } from './StoreError.js';

/** PostgreSQL answers COMMIT with ROLLBACK, and not with an error, where a statement of the transaction had failed. */
export function assertCommitted(answer: { command: string }): void {
  if (answer.command !== 'COMMIT') throw new StoreError('not_committed', `COMMIT was answered by ${answer.command}`);
}
