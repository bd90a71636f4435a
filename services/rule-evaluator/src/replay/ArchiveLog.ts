import type { Archive } from '@cairn/archive';
import { matchesSubject } from '@cairn/contracts';
import type { HistoryOf, LogReader, RawEntry, ReadFrom } from '../log/EvaluationLog.js';
import { historySubjects } from '../log/historySubjects.js';
import { ArchiveReader, rawEntryOf } from './ArchiveReader.js';
import { ReplayError } from './ReplayError.js';
import type { ReplaySource } from './ReplaySource.js';

/** An archive, and behind its end the log: as if nothing had ever been taken from the log. */
export class ArchiveLog implements ReplaySource {
  readonly name: string;
  readonly #archive: Archive;
  readonly #log: ReplaySource;
  /** By what was asked for: between the two places, the archive holds nothing of it. */
  readonly #nothingBetween = new Map<string, { after: number; before: number }>();

  constructor(archive: Archive, log: ReplaySource) {
    this.name = `archive ${archive.place}`;
    this.#archive = archive;
    this.#log = log;
  }

  async extent(): Promise<{ first: number; last: number }> {
    const log = await this.#log.extent();
    const { first, last } = this.#archive;
    if (log.last > last && log.first > last + 1)
      throw new ReplayError('log_trimmed', `the archive ends at ${last}, and the log begins at ${log.first}: entries between are lost`);
    return { first, last: Math.max(last, log.last) };
  }

  async open(from: ReadFrom): Promise<LogReader> {
    const { last } = this.#archive;
    if (from.after >= last) return this.#log.open(from);
    const goOn = async (): Promise<LogReader | null> =>
      (await this.#log.extent()).last < last ? null : this.#log.open({ ...from, after: last });
    return new ArchiveReader(this.#archive, { from, goOn });
  }

  async *history(of: HistoryOf): AsyncIterable<RawEntry> {
    const subjects = historySubjects(of);
    const after = of.after ?? 0;
    for await (const entry of this.#find(subjects, { after, before: of.before })) {
      of.signal.throwIfAborted();
      yield entry;
    }
    const { last } = this.#archive;
    if (of.before > last + 1) yield* this.#log.history({ ...of, after: Math.max(after, last) });
  }

  async holdsAny(subjects: readonly string[], of: { after: number; before: number; signal: AbortSignal }): Promise<boolean> {
    const { last } = this.#archive;
    if (of.after < last && (await this.#archiveHoldsAny(subjects, of))) return true;
    return of.before > last + 1 && (await this.#log.holdsAny(subjects, { ...of, after: Math.max(of.after, last) }));
  }

  async close(): Promise<void> {
    await this.#log.close();
  }

  /** It is asked again and again by partitions that have nothing more to read: the files are not read each time. */
  async #archiveHoldsAny(subjects: readonly string[], { after, before }: { after: number; before: number }): Promise<boolean> {
    const asked = subjects.join(' ');
    const known = this.#nothingBetween.get(asked);
    if (known !== undefined && known.after <= after && before <= known.before) return false;
    const end = this.#archive.last + 1;
    for await (const { sequence } of this.#find(subjects, { after, before: end })) {
      this.#nothingBetween.set(asked, { after, before: sequence });
      return sequence < before;
    }
    this.#nothingBetween.set(asked, { after, before: Number.POSITIVE_INFINITY });
    return false;
  }

  async *#find(subjects: readonly string[], { after, before }: { after: number; before: number }): AsyncGenerator<RawEntry> {
    for await (const entries of this.#archive.read(after)) {
      for (const entry of entries) {
        if (entry.sequence >= before) return;
        if (subjects.some((subject) => matchesSubject(subject, entry.subject))) yield rawEntryOf(entry);
      }
    }
  }
}
