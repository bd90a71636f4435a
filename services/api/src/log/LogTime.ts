import { type Database, lastTick } from '@cairn/store';

/** How late it is by the newest tick of the log that is evaluated; by the clock for as long as there was none. */
export class LogTime {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(ports: { database: Database; now: () => number }) {
    this.#database = ports.database;
    this.#now = ports.now;
  }

  async read(): Promise<number> {
    return (await lastTick(this.#database.pool)) ?? this.#now();
  }
}
