import { type CairnError, DEAD_LETTER_STREAM, deadLetterSubject, HEADER, readTries, triesHeaders } from '@cairn/contracts';
import type { JetStreamClient } from '@nats-io/jetstream';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { ERROR_TEXT_CHARACTERS_MAX, PUBLISH_ATTEMPT_MS_MAX } from '../limits.js';
import type { DoorMessage } from './DoorMessage.js';
import { headerEntries } from './headerEntries.js';

/** Of what a message weighs besides its headers' names and values. */
const FRAMING_BYTES_MAX = 256;

/** CAIRN_DLQ: what could not be accepted, with its original bytes and all that a redrive needs. */
export class DeadLetters {
  readonly #jetStream: Pick<JetStreamClient, 'publish'>;
  readonly #messageBytesMax: () => number;

  /** @param messageBytesMax what the server takes as one message, headers included */
  constructor(jetStream: Pick<JetStreamClient, 'publish'>, messageBytesMax: () => number) {
    this.#jetStream = jetStream;
    this.#messageBytesMax = messageBytesMax;
  }

  /**
   * Resolves once the letter is durable. The same message delivered again makes no second letter.
   * @param of.tenantId whose event it would have been; null where that is not certain
   */
  async put(message: DoorMessage, of: { error: CairnError; tenantId: string | null }): Promise<void> {
    await this.#jetStream.publish(deadLetterSubject(of.error.code), message.data, {
      headers: this.#headersFor(message, of),
      // A sequence alone comes again when the stream has been made anew.
      msgID: `${message.info.stream}:${message.seq}:${message.info.timestampNanos}`,
      expect: { streamName: DEAD_LETTER_STREAM },
      timeout: PUBLISH_ATTEMPT_MS_MAX,
    });
  }

  #headersFor(message: DoorMessage, { error, tenantId }: { error: CairnError; tenantId: string | null }): MsgHdrs {
    const letter = headers();
    letter.set(HEADER.errorCode, error.code);
    letter.set(HEADER.error, headerText(error.message));
    letter.set(HEADER.originSubject, message.subject);
    letter.set(HEADER.originSequence, String(message.seq));
    if (tenantId !== null) letter.set(HEADER.tenant, tenantId);
    // What cannot be read is kept with the original alone.
    if (error.code === 'invalid_headers') return letter;
    const tries = triesHeaders(readTries((name) => headerOf(message, name)));
    // The bytes go first: whoever looks finds the headers with the original, under its sequence.
    for (const [name, value] of [[HEADER.originHeaders, originHeaders(message)], ...Object.entries(tries)] as const) {
      const bytes = message.data.length + sizeOf(letter) + Buffer.byteLength(name) + Buffer.byteLength(value) + FRAMING_BYTES_MAX;
      if (bytes <= this.#messageBytesMax()) letter.set(name, value);
    }
    return letter;
  }
}

/** Undefined where there is none. */
function headerOf(message: DoorMessage, name: string): string | undefined {
  return message.headers?.has(name) === true ? message.headers.get(name) : undefined;
}

function sizeOf(letter: MsgHdrs): number {
  return headerEntries(letter).reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
}

/** Those of a redrive stand in the letter by themselves. */
const TOLD_BY_THE_LETTER: ReadonlySet<string> = new Set([HEADER.redrives, HEADER.redriveHistory]);

/** `{"name":["value",…]}`: in ASCII, so that it can stand in a header. */
function originHeaders(message: DoorMessage): string {
  const names = (message.headers?.keys() ?? []).filter((name) => !TOLD_BY_THE_LETTER.has(name));
  const values = Object.fromEntries(names.map((name) => [name, message.headers?.values(name)]));
  return JSON.stringify(values).replace(/[^\u0020-\u007e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A line of bounded length: a header ends at a line break. */
function headerText(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= ERROR_TEXT_CHARACTERS_MAX ? line : `${characters.slice(0, ERROR_TEXT_CHARACTERS_MAX - 1).join('')}…`;
}
