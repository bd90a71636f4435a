import { DEAD_LETTER_STREAM, DEAD_LETTER_SUBJECTS, deadLetterSubject } from '@cairn/contracts';
import { type JetStreamClient, type JetStreamManager, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { LETTERS_SCANNED_BYTES_MAX, LETTERS_SCANNED_MAX } from '../../limits.js';
import { type Letter, readLetter } from './Letter.js';

/** Which letters. */
export interface LetterQuery {
  /** null: of any. */
  code: string | null;
  /** Those behind this one. */
  after: number;
  /** And no further than this one. */
  upTo: number;
  limit: number;
  isMeant(letter: Letter): boolean;
}

export interface LetterPage {
  letters: Letter[];
  /** Up to where was looked; null where that was the end. */
  end: number | null;
}

/** CAIRN_DLQ, read from its leader: what was just written or removed shows at once. */
export class LetterBox {
  readonly #js: JetStreamClient;

  constructor(nats: NatsConnection) {
    this.#js = jetstream(nats);
  }

  /** The newest that there ever was. */
  async last(): Promise<number> {
    return (await (await this.#manager()).streams.info(DEAD_LETTER_STREAM)).state.last_seq;
  }

  /** How many there are of each code. */
  async counts(): Promise<Map<string, number>> {
    const { state } = await (await this.#manager()).streams.info(DEAD_LETTER_STREAM, { subjects_filter: DEAD_LETTER_SUBJECTS });
    const prefix = deadLetterSubject('');
    return new Map(
      Object.entries(state.subjects ?? {})
        .map(([subject, count]): [string, number] => [subject.slice(prefix.length), count])
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  }

  /** Oldest first. It ends early where it has looked at many that are not meant. */
  async page({ code, after, upTo, limit, isMeant }: LetterQuery): Promise<LetterPage> {
    const subject = code === null ? DEAD_LETTER_SUBJECTS : deadLetterSubject(code);
    const letters: Letter[] = [];
    let end = after;
    let bytes = 0;
    for (let scanned = 0; scanned < LETTERS_SCANNED_MAX && bytes < LETTERS_SCANNED_BYTES_MAX; scanned++) {
      const letter = await this.#next(subject, end + 1);
      if (letter === null || letter.id > upTo) return { letters, end: null };
      if (letters.length === limit && isMeant(letter)) return { letters, end };
      if (isMeant(letter)) letters.push(letter);
      end = letter.id;
      bytes += letter.data.length;
    }
    return { letters, end };
  }

  /** null where there is none any more. */
  async find(id: number): Promise<Letter | null> {
    const message = await (await this.#manager()).streams.getMessage(DEAD_LETTER_STREAM, { seq: id });
    return message === null ? null : readLetter(message);
  }

  /** For good: its place on the disk is overwritten. */
  async remove(id: number): Promise<void> {
    try {
      await (await this.#manager()).streams.deleteMessage(DEAD_LETTER_STREAM, id, true);
    } catch (error) {
      // Somebody else was first.
      if ((await this.find(id)) !== null) throw error;
    }
  }

  #manager(): Promise<JetStreamManager> {
    return this.#js.jetstreamManager(false);
  }

  async #next(subject: string, from: number): Promise<Letter | null> {
    // The client's types do not know this form of the request; the server does since 2.9.
    const nextOf = { seq: from, next_by_subj: subject };
    const message = await (await this.#manager()).streams.getMessage(DEAD_LETTER_STREAM, nextOf);
    return message === null ? null : readLetter(message);
  }
}
