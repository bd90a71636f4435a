import { type LogReader, type RawEntry, ReaderBroken } from './EvaluationLog.js';

/** Entries of a stretch that are taken at once. */
const TAKEN_MAX = 64;

export interface StretchThenLog {
  /** What comes first; it ends. */
  stretch(signal: AbortSignal): AsyncGenerator<RawEntry>;
  /** Opens the log behind it. */
  goOn(): Promise<LogReader>;
  signal: AbortSignal;
}

/** The entries of a stretch, and behind them those that the log goes on with. */
export class StretchReader implements LogReader {
  readonly #of: StretchThenLog;
  readonly #closing = new AbortController();
  readonly #stretch: AsyncGenerator<RawEntry>;
  #taken: RawEntry[] = [];
  /** Set once the stretch is at its end. */
  #log: LogReader | undefined;

  constructor(of: StretchThenLog) {
    this.#of = of;
    this.#stretch = of.stretch(AbortSignal.any([of.signal, this.#closing.signal]));
  }

  async ready(): Promise<void> {
    while (this.#taken.length === 0) {
      if (this.#log !== undefined) return this.#log.ready();
      if (await this.#take()) continue;
      const log = await this.#of.goOn();
      this.#log = log;
      if (!this.#closing.signal.aborted) continue;
      await log.close();
      throw new ReaderBroken('it was closed');
    }
  }

  shift(): RawEntry | undefined {
    return this.#taken.length > 0 ? this.#taken.shift() : this.#log?.shift();
  }

  acknowledge(sequence: number): void {
    this.#log?.acknowledge(sequence);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#log?.close();
  }

  /** False at the end of the stretch. */
  async #take(): Promise<boolean> {
    while (this.#taken.length < TAKEN_MAX) {
      const next = await this.#stretch.next();
      if (next.done === true) return this.#taken.length > 0;
      this.#taken.push(next.value);
    }
    return true;
  }
}
