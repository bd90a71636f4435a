import { partitionOfLogSubject } from '@cairn/contracts';
import { type EvaluationLog, type LogReader, type RawEntry, ReaderBroken, type ReadFrom } from '../log/EvaluationLog.js';

/** Hands what it is given to the partitions, and keeps nothing that was taken. As much waits in it as the rehearsal has under way. */
export class RehearsalLog implements EvaluationLog {
  readonly #readers = new Map<number, RehearsalReader>();

  deliver(entry: RawEntry): void {
    this.#readers.get(partitionOfLogSubject(entry.subject))?.push(entry);
  }

  open({ partition }: ReadFrom): Promise<LogReader> {
    const reader = new RehearsalReader();
    this.#readers.set(partition, reader);
    return Promise.resolve(reader);
  }

  /** There is nothing to look back to. */
  async *history(): AsyncIterable<RawEntry> {}
}

class RehearsalReader implements LogReader {
  readonly #entries: RawEntry[] = [];
  #wake: () => void = () => undefined;
  #isClosed = false;

  push(entry: RawEntry): void {
    this.#entries.push(entry);
    this.#wake();
  }

  async ready(): Promise<void> {
    while (this.#entries.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#isClosed) throw new ReaderBroken('the rehearsal is over');
  }

  shift(): RawEntry | undefined {
    return this.#entries.shift();
  }

  acknowledge(): void {
    // Nobody waits for it.
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    return Promise.resolve();
  }
}
