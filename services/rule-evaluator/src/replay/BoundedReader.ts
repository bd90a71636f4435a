import { type LogReader, type RawEntry, ReaderBroken } from '../log/EvaluationLog.js';
import type { ReplayBounds } from './ReplayBounds.js';

/** Hands out no entry that the live partition has not evaluated. */
export class BoundedReader implements LogReader {
  readonly #reader: LogReader;
  readonly #bounds: ReplayBounds;
  readonly #partition: number;
  /** Taken from the reader, and beyond the bound when it was. */
  #next: RawEntry | undefined;
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(reader: LogReader, of: { bounds: ReplayBounds; partition: number }) {
    this.#reader = reader;
    this.#bounds = of.bounds;
    this.#partition = of.partition;
  }

  async ready(): Promise<void> {
    for (;;) {
      if (this.#isClosed) throw new ReaderBroken('it was closed');
      if (this.#next === undefined) {
        await this.#reader.ready();
        this.#next = this.#reader.shift();
      }
      if (this.#isWithin(this.#next)) return;
      if (this.#next !== undefined) {
        await this.#bounds.raised((wake) => {
          this.#wake = wake;
        });
      }
    }
  }

  shift(): RawEntry | undefined {
    const next = this.#next ?? this.#reader.shift();
    this.#next = this.#isWithin(next) ? undefined : next;
    return this.#next === undefined ? next : undefined;
  }

  acknowledge(sequence: number): void {
    this.#reader.acknowledge(sequence);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#reader.close();
  }

  #isWithin(entry: RawEntry | undefined): boolean {
    return entry !== undefined && entry.sequence <= this.#bounds.of(this.#partition);
  }
}
