import { LOG_CONTROL_SUBJECTS, logPartitionSubjects } from '@cairn/contracts';
import { RedactedEntries, type RedactedPlace } from '@cairn/runtime';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { ANSWER_MS_MAX } from '../limits.js';
import type { ReplaySource } from '../replay/ReplaySource.js';
import { type HistoryOf, type LogReader, type RawEntry, ReaderBroken, type ReadFrom } from './EvaluationLog.js';
import { historySubjects } from './historySubjects.js';
import { JetStreamLog } from './JetStreamLog.js';
import { StretchReader } from './StretchReader.js';

/** A stretch of the log: what lies between two places on some subjects. */
interface Stretch {
  subjects: string[];
  after: number;
  before: number;
  signal: AbortSignal;
}

/** The log as it is meant to be read: what is left of an entry of which a part was erased comes in the place of the entry. */
export class RedactedLog implements ReplaySource {
  readonly #log: JetStreamLog;
  readonly #redacted: RedactedEntries;

  static async connect(nats: NatsConnection, options: { consumers?: string } = {}): Promise<RedactedLog> {
    const manager = await jetstreamManager(nats, { timeout: ANSWER_MS_MAX });
    return new RedactedLog(await JetStreamLog.connect(nats, options), new RedactedEntries(manager));
  }

  constructor(log: JetStreamLog, redacted: RedactedEntries) {
    this.#log = log;
    this.#redacted = redacted;
  }

  get name(): string {
    return this.#log.name;
  }

  async open(from: ReadFrom): Promise<LogReader> {
    const subjects = [...(from.subjects ?? [logPartitionSubjects(from.partition), LOG_CONTROL_SUBJECTS])];
    await this.#refresh(from.signal);
    const last = (await this.#places(subjects, { after: from.after, before: Number.MAX_SAFE_INTEGER })).at(-1);
    if (last === undefined) return this.#log.open(from);
    const { sequence } = last;
    return new StretchReader({
      stretch: (signal) => this.#read({ subjects, after: from.after, before: sequence + 1, signal }),
      goOn: () => this.#log.open({ ...from, after: sequence }),
      signal: from.signal,
    });
  }

  async *history(of: HistoryOf): AsyncIterable<RawEntry> {
    yield* this.#read({ subjects: historySubjects(of), after: of.after ?? 0, before: of.before, signal: of.signal });
  }

  /** An entry that was erased at the very beginning is one that is there. */
  async extent(): Promise<{ first: number; last: number }> {
    const { first, last } = await this.#log.extent();
    await this.#redacted.refresh();
    let begin = first;
    while (this.#redacted.has(begin - 1)) begin--;
    return { first: begin, last };
  }

  async holdsAny(subjects: readonly string[], of: { after: number; before: number; signal: AbortSignal }): Promise<boolean> {
    if (await this.#log.holdsAny(subjects, of)) return true;
    await this.#refresh(of.signal);
    return (await this.#places(subjects, of)).length > 0;
  }

  async close(): Promise<void> {
    await this.#log.close();
  }

  async *#read(of: Stretch): AsyncGenerator<RawEntry> {
    const version = await this.#refresh(of.signal);
    const rests = this.#restsOf(await this.#places(of.subjects, of));
    let rest = await rests.next();
    for await (const entry of this.#log.stretch(of)) {
      for (; rest.done !== true && rest.value.sequence < entry.sequence; rest = await rests.next()) yield rest.value;
      const isReplaced = rest.done !== true && rest.value.sequence === entry.sequence;
      if (!isReplaced) yield entry;
    }
    for (; rest.done !== true; rest = await rests.next()) yield rest.value;
    // What was taken out of the log meanwhile may have been missed.
    if ((await this.#refresh(of.signal)) !== version) throw new ReaderBroken('entries were erased meanwhile');
  }

  #refresh(signal: AbortSignal): Promise<number> {
    return this.#log.ask(() => this.#redacted.refresh(), signal);
  }

  async *#restsOf(places: readonly RedactedPlace[]): AsyncGenerator<RawEntry> {
    for await (const { sequence, subject, data } of this.#redacted.read(places)) yield { sequence, subject, data };
  }

  /** Those before the beginning of a log that was trimmed are left out. */
  async #places(subjects: readonly string[], of: { after: number; before: number }): Promise<RedactedPlace[]> {
    const places = this.#redacted.between(subjects, of);
    if (places.length === 0) return places;
    const { first } = await this.extent();
    return places.filter(({ sequence }) => sequence >= first);
  }
}
