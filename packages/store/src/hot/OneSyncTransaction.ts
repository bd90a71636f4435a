import pg from 'pg';
import type { BoundStatement } from './HotStatement.js';
import type { TextRow } from './TextRow.js';

interface Ending {
  resolve(answers: TextRow[][]): void;
  reject(error: Error): void;
}

/**
 * Statements that are prepared already, sent with one Sync behind the last: to the server that is one transaction, which it commits
 * at the Sync or not at all, and answers in one go. What is not BEGIN, COMMIT and a Sync for each statement is a round of system
 * calls and wake-ups on both sides, for each of them. To the driver it is one query, whose messages it takes itself.
 */
export class OneSyncTransaction extends pg.Query {
  readonly #statements: readonly BoundStatement[];
  readonly #ending: Ending;
  readonly #answers: TextRow[][] = [];
  #rows: TextRow[] = [];

  constructor(statements: readonly BoundStatement[], ending: Ending) {
    super('');
    this.#statements = statements;
    this.#ending = ending;
  }

  override submit = (connection: pg.Connection): void => {
    const { stream } = connection;
    stream.cork();
    try {
      for (const { name, values } of this.#statements) {
        connection.bind({ statement: name, values }, true);
        connection.execute(null, true);
      }
      connection.sync();
    } catch (error) {
      // Half a transaction must never be followed by a Sync, which would commit it.
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    } finally {
      stream.uncork();
    }
  };

  handleDataRow(message: { fields: TextRow }): void {
    this.#rows.push(message.fields);
  }

  handleCommandComplete(): void {
    this.#answers.push(this.#rows);
    this.#rows = [];
  }

  /** It is committed when the server is ready again, and not before: until then it may fail still. */
  handleReadyForQuery(): void {
    this.#ending.resolve(this.#answers);
  }

  handleError(error: Error): void {
    this.#ending.reject(error);
  }
}
