import { type EvaluationLog, type LogReader, type RawEntry, ReaderBroken } from '../log/EvaluationLog.js';

/** The log in memory; its readers may be broken at any time. */
export class MemoryLog implements EvaluationLog {
  readonly #entries: RawEntry[] = [];
  readonly #readers = new Set<MemoryReader>();
  acknowledged = 0;

  append(subject: string, data: Uint8Array): number {
    const sequence = this.#entries.length + 1;
    this.#entries.push({ sequence, subject, data });
    for (const reader of this.#readers) reader.wake();
    return sequence;
  }

  breakReaders(): void {
    for (const reader of this.#readers) reader.break('the test says so');
    this.#readers.clear();
  }

  open({ after }: { after: number }): Promise<LogReader> {
    const reader = new MemoryReader(this, this.#entries, after);
    this.#readers.add(reader);
    return Promise.resolve(reader);
  }

  async *history(): AsyncIterable<RawEntry> {
    yield* this.#entries;
  }
}

class MemoryReader implements LogReader {
  readonly #log: MemoryLog;
  readonly #entries: readonly RawEntry[];
  #next: number;
  #broken: ReaderBroken | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(log: MemoryLog, entries: readonly RawEntry[], after: number) {
    this.#log = log;
    this.#entries = entries;
    this.#next = after;
  }

  async ready(): Promise<void> {
    while (this.#broken === undefined && this.#next >= this.#entries.length) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#broken !== undefined) throw this.#broken;
  }

  shift(): RawEntry | undefined {
    const entry = this.#broken === undefined ? this.#entries[this.#next] : undefined;
    if (entry !== undefined) this.#next++;
    return entry;
  }

  acknowledge(sequence: number): void {
    this.#log.acknowledged = sequence;
  }

  close(): Promise<void> {
    this.break('it was closed');
    return Promise.resolve();
  }

  break(why: string): void {
    this.#broken ??= new ReaderBroken(why);
    this.wake();
  }

  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
