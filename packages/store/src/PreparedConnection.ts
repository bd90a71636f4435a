import type pg from 'pg';
import { connectWithPlans, type PipelineOptions } from './connectWithPlans.js';
import { plansAreStale } from './hot/planAge.js';
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
  readonly #options: PipelineOptions;
  readonly #names = new Map<string, string>();
  #connecting: Promise<pg.Client> | undefined;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /** Ahead of the first statement, which need not wait for it then. Rejects with a StoreError, code `connection`. */
  async open(): Promise<void> {
    await (this.#connecting ??= this.#connect());
  }

  /** Rejects with a StoreError; with `connection` it is unknown whether the statement was run. */
  async query<Row extends pg.QueryResultRow>({ text, values }: Repeated): Promise<pg.QueryResult<Row>> {
    const connecting = (this.#connecting ??= this.#connect());
    try {
      const client = await connecting;
      if (plansAreStale(client, 1)) void Promise.allSettled([client.query('DISCARD PLANS')]);
      return await client.query<Row>({ name: this.#nameOf(text), text, ...(values === undefined ? {} : { values }) });
    } catch (cause) {
      const error = toStoreError(cause);
      if (error.code === 'connection') this.#drop(connecting);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#connecting !== undefined) await this.#end(this.#connecting);
    this.#connecting = undefined;
  }

  /** What cannot be connected is tried anew by the next statement, and is no fault of this one, whatever the server said. */
  #connect(): Promise<pg.Client> {
    const connecting = connectWithPlans({
      ...this.#options,
      onError: (error) => {
        if (this.#connecting === connecting) this.#connecting = undefined;
        this.#options.onError(error);
      },
    }).catch((cause: unknown) => {
      throw new StoreError('connection', 'the database cannot be connected to', { cause });
    });
    return connecting;
  }

  #drop(connecting: Promise<pg.Client>): void {
    if (this.#connecting !== connecting) return;
    this.#connecting = undefined;
    void this.#end(connecting);
  }

  async #end(connecting: Promise<pg.Client>): Promise<void> {
    const [client] = await Promise.allSettled([connecting]);
    if (client.status === 'fulfilled') await client.value.end().catch(this.#options.onError);
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
