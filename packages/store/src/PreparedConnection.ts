import type pg from 'pg';
import { connectWithPlans, type PipelineOptions } from './connectWithPlans.js';
import { plansAreStale } from './hot/planAge.js';
import { KeptConnection } from './KeptConnection.js';
import { StoreError } from './StoreError.js';
import { toStoreError } from './toStoreError.js';

interface Repeated {
  /** The same each time. */
  text: string;
  values?: unknown[];
}

/** Texts of statements that are prepared; the callers have a handful. */
const STATEMENTS_MAX = 100;

/**
 * A connection of its own for short statements that come again and again, and find their rows by an index: each is parsed and planned
 * when it first comes, which takes the server longer than to run it. Several may be under way at once, and none may be part of a
 * transaction. It is opened when it is first needed, unless that is done ahead, and anew after it was lost.
 */
export class PreparedConnection {
  readonly #connection: KeptConnection<pg.Client>;
  readonly #names = new Map<string, string>();

  constructor(options: PipelineOptions) {
    this.#connection = new KeptConnection({
      connect: (onError) =>
        connectWithPlans({ ...options, onError }).catch((cause: unknown) => {
          // Tried anew by the next statement, and no fault of this one, whatever the server said.
          throw new StoreError('connection', 'the database cannot be connected to', { cause });
        }),
      onError: options.onError,
    });
  }

  /** Ahead of the first statement, which need not wait for it then. Rejects with a StoreError, code `connection`. */
  async open(): Promise<void> {
    await this.#connection.open();
  }

  /** Rejects with a StoreError; with `connection` it is unknown whether the statement was run. */
  async query<Row extends pg.QueryResultRow>({ text, values }: Repeated): Promise<pg.QueryResult<Row>> {
    const opening = this.#connection.open();
    try {
      const client = await opening;
      if (plansAreStale(client, 1)) void Promise.allSettled([client.query('DISCARD PLANS')]);
      return await client.query<Row>({ name: this.#nameOf(text), text, ...(values === undefined ? {} : { values }) });
    } catch (cause) {
      const error = toStoreError(cause);
      if (error.code === 'connection') this.#connection.drop(opening);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #nameOf(text: string): string {
    let name = this.#names.get(text);
    if (name === undefined) {
      if (this.#names.size >= STATEMENTS_MAX)
        throw new StoreError('unexpected', `more than ${STATEMENTS_MAX} statements are to be prepared`);
      name = `prepared_${this.#names.size + 1}`;
      this.#names.set(text, name);
    }
    return name;
  }
}
