import { LOG_CONTROL_SUBJECTS, logPartitionSubjects } from '@cairn/contracts';
import { type EvaluationLog, type HistoryOf, type LogReader, type RawEntry, ReaderBroken, type ReadFrom } from '../log/EvaluationLog.js';
import { historySubjects } from '../log/historySubjects.js';

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

  open({ partition, after, subjects = [logPartitionSubjects(partition), LOG_CONTROL_SUBJECTS] }: ReadFrom): Promise<LogReader> {
    const reader = new MemoryReader(this, this.#entries, { after, subjects });
    this.#readers.add(reader);
    return Promise.resolve(reader);
  }

  async *history(of: HistoryOf): AsyncIterable<RawEntry> {
    const { after = 0, before } = of;
    const subjects = historySubjects(of);
    // A copy: what comes in while it is read is there for the next.
    for (const entry of this.#entries.slice(after, before - 1)) {
      if (of.signal.aborted) throw new ReaderBroken('the partition stops');
      if (subjects.some((subject) => isOnSubject(entry.subject, subject))) yield entry;
    }
  }
}

/** `*` stands for one token, `>` at the end for one or more. */
function isOnSubject(subject: string, pattern: string): boolean {
  const tokens = subject.split('.');
  const wanted = pattern.split('.');
  const isOpen = wanted.at(-1) === '>';
  if (isOpen ? tokens.length < wanted.length : tokens.length !== wanted.length) return false;
  return wanted.every((token, i) => token === '>' || token === '*' || token === tokens[i]);
}

class MemoryReader implements LogReader {
  readonly #log: MemoryLog;
  readonly #entries: readonly RawEntry[];
  readonly #subjects: readonly string[];
  #next: number;
  #broken: ReaderBroken | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(log: MemoryLog, entries: readonly RawEntry[], of: { after: number; subjects: readonly string[] }) {
    this.#log = log;
    this.#entries = entries;
    this.#next = of.after;
    this.#subjects = of.subjects;
  }

  async ready(): Promise<void> {
    while (this.#broken === undefined && this.#peek() === undefined) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#broken !== undefined) throw this.#broken;
  }

  shift(): RawEntry | undefined {
    const entry = this.#broken === undefined ? this.#peek() : undefined;
    if (entry !== undefined) this.#next++;
    return entry;
  }

  /** The next entry on the subjects; those in between are passed over. */
  #peek(): RawEntry | undefined {
    for (; this.#next < this.#entries.length; this.#next++) {
      const entry = this.#entries[this.#next];
      if (entry !== undefined && this.#subjects.some((subject) => isOnSubject(entry.subject, subject))) return entry;
    }
    return undefined;
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
