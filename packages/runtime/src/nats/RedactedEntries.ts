import { entryOfRedacted, matchesSubject, REDACTED_STREAM, REDACTED_SUBJECTS, redactedSubject, redactedSubjects } from '@cairn/contracts';
import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';

/** Rests that are read at once. */
const READS_IN_FLIGHT_MAX = 16;

/** An entry of the log of which a part was erased. */
export interface RedactedPlace {
  sequence: number;
  /** Of the entry. */
  subject: string;
}

/** What is left of an entry, to be read in its place. */
export interface RedactedEntry extends RedactedPlace {
  data: Uint8Array;
  /** When the rest was written, epoch milliseconds. */
  storedAt: number;
}

/** What is left of entries of the log. Which there are is kept in memory, and read anew where there are more. */
export class RedactedEntries {
  readonly #manager: JetStreamManager;
  /** In the order of the log. */
  #places: readonly RedactedPlace[] = [];
  #version = 0;

  constructor(manager: JetStreamManager) {
    this.#manager = manager;
  }

  /** Looks for more. Answers a number that is another one whenever anything was redacted. */
  async refresh(): Promise<number> {
    const version = await this.#lastSequence();
    if (version === this.#version) return version;
    const { state } = await this.#manager.streams.info(REDACTED_STREAM, { subjects_filter: REDACTED_SUBJECTS });
    this.#places = Object.keys(state.subjects ?? {})
      .map(entryOfRedacted)
      .sort((a, b) => a.sequence - b.sequence);
    this.#version = state.last_seq;
    return this.#version;
  }

  /** Those on some subjects of the log, wildcards and all, behind one place and before another, in order; as of the last look. */
  between(logSubjects: readonly string[], { after, before }: { after: number; before: number }): RedactedPlace[] {
    const patterns = logSubjects.map(redactedSubjects);
    return this.#places.filter(({ sequence, subject }) => {
      if (sequence <= after || sequence >= before) return false;
      const stored = redactedSubject(subject, sequence);
      return patterns.some((pattern) => matchesSubject(pattern, stored));
    });
  }

  has(sequence: number): boolean {
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#places[middle]?.sequence ?? 0) < sequence) low = middle + 1;
      else high = middle;
    }
    return this.#places[low]?.sequence === sequence;
  }

  /** What is left of these, one after the other: nothing at all of some. */
  async *read(places: readonly RedactedPlace[]): AsyncGenerator<RedactedEntry> {
    for (let start = 0; start < places.length; start += READS_IN_FLIGHT_MAX)
      yield* await Promise.all(places.slice(start, start + READS_IN_FLIGHT_MAX).map((place) => this.#readOne(place)));
  }

  async #readOne(place: RedactedPlace): Promise<RedactedEntry> {
    const subject = redactedSubject(place.subject, place.sequence);
    const message = await this.#manager.streams.getMessage(REDACTED_STREAM, { last_by_subj: subject });
    return { ...place, data: message?.data ?? new Uint8Array(), storedAt: message?.time.getTime() ?? 0 };
  }

  /** 0 where the stream was never made. */
  async #lastSequence(): Promise<number> {
    try {
      return (await this.#manager.streams.info(REDACTED_STREAM)).state.last_seq;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return 0;
      throw error;
    }
  }
}
