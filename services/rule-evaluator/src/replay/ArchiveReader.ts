import type { Archive, LogEntry } from '@cairn/archive';
import { LOG_CONTROL_SUBJECTS, logPartitionSubjects, matchesSubject } from '@cairn/contracts';
import { type LogReader, type RawEntry, ReaderBroken, type ReadFrom } from '../log/EvaluationLog.js';

export function rawEntryOf(entry: LogEntry): RawEntry {
  const { sequence, subject, data } = entry;
  return { sequence, subject, data, header: (name) => entry.headers.find((header) => header.name === name)?.value };
}

/** The entries of an archive that one partition reads, and behind them those that the log holds. */
export class ArchiveReader implements LogReader {
  readonly #subjects: readonly string[];
  readonly #segments: AsyncGenerator<readonly LogEntry[]>;
  readonly #goOn: () => Promise<LogReader | null>;
  #entries: readonly LogEntry[] = [];
  #at = 0;
  /** Set once the archive is at its end. */
  #log: LogReader | undefined;
  #isClosed = false;
  #wake: () => void = () => undefined;

  /** @param goOn opens the log behind the archive; null where the log does not go on there */
  constructor(archive: Archive, of: { from: ReadFrom; goOn: () => Promise<LogReader | null> }) {
    const { partition, after, subjects } = of.from;
    this.#subjects = subjects ?? [logPartitionSubjects(partition), LOG_CONTROL_SUBJECTS];
    this.#segments = archive.read(after);
    this.#goOn = of.goOn;
  }

  async ready(): Promise<void> {
    while (!this.#hasNext()) {
      if (this.#isClosed) throw new ReaderBroken('it was closed');
      if (this.#log !== undefined) return this.#log.ready();
      const next = await this.#segments.next();
      if (next.done !== true) {
        this.#entries = next.value;
        this.#at = 0;
        continue;
      }
      this.#log = (await this.#goOn()) ?? undefined;
      if (this.#log === undefined) await this.#closed();
      else if (this.#isClosed) await this.#log.close();
    }
  }

  shift(): RawEntry | undefined {
    if (!this.#hasNext()) return this.#log?.shift();
    const entry = this.#entries[this.#at++];
    return entry === undefined ? undefined : rawEntryOf(entry);
  }

  acknowledge(sequence: number): void {
    this.#log?.acknowledge(sequence);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#log?.close();
  }

  async #closed(): Promise<void> {
    if (this.#isClosed) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Moves on to the next entry that is asked for, in the file at hand. */
  #hasNext(): boolean {
    for (; this.#at < this.#entries.length; this.#at++) {
      const entry = this.#entries[this.#at];
      if (entry !== undefined && this.#subjects.some((subject) => matchesSubject(subject, entry.subject))) return true;
    }
    return false;
  }
}
