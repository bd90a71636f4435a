import { type CairnError, DEAD_LETTER_STREAM, deadLetterSubject, HEADER } from '@cairn/contracts';
import type { JetStreamClient, JsMsg } from '@nats-io/jetstream';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { ERROR_TEXT_CHARACTERS_MAX, PUBLISH_ATTEMPT_MS_MAX } from '../limits.js';
import { headerEntries } from './headerEntries.js';

/** Of what a message weighs besides its headers' names and values. */
const FRAMING_BYTES_MAX = 256;

/** CAIRN_DLQ: what could not be accepted, with its original bytes and all that a redrive needs. */
export class DeadLetters {
  readonly #jetStream: JetStreamClient;
  readonly #messageBytesMax: () => number;

  /** @param messageBytesMax what the server takes as one message, headers included */
  constructor(jetStream: JetStreamClient, messageBytesMax: () => number) {
    this.#jetStream = jetStream;
    this.#messageBytesMax = messageBytesMax;
  }

  /** Resolves once the letter is durable. The same message delivered again makes no second letter. */
  async put(message: JsMsg, error: CairnError): Promise<void> {
    await this.#jetStream.publish(deadLetterSubject(error.code), message.data, {
      headers: this.#headersFor(message, error),
      // A sequence alone comes again when the stream has been made anew.
      msgID: `${message.info.stream}:${message.seq}:${message.info.timestampNanos}`,
      expect: { streamName: DEAD_LETTER_STREAM },
      timeout: PUBLISH_ATTEMPT_MS_MAX,
    });
  }

  #headersFor(message: JsMsg, error: CairnError): MsgHdrs {
    const letter = headers();
    letter.set(HEADER.errorCode, error.code);
    letter.set(HEADER.error, headerText(error.message));
    letter.set(HEADER.originSubject, message.subject);
    letter.set(HEADER.originSequence, String(message.seq));
    const origin = originHeaders(message);
    // The bytes go first: whoever looks finds the headers with the original, under its sequence.
    const bytes = message.data.length + sizeOf(letter) + Buffer.byteLength(origin) + FRAMING_BYTES_MAX;
    if (bytes <= this.#messageBytesMax()) letter.set(HEADER.originHeaders, origin);
    return letter;
  }
}

function sizeOf(letter: MsgHdrs): number {
  return headerEntries(letter).reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
}

/** `{"name":["value",…]}`: in ASCII, so that it can stand in a header. */
function originHeaders(message: JsMsg): string {
  const values = Object.fromEntries((message.headers?.keys() ?? []).map((name) => [name, message.headers?.values(name)]));
  return JSON.stringify(values).replace(/[^\u0020-\u007e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A line of bounded length: a header ends at a line break. */
function headerText(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= ERROR_TEXT_CHARACTERS_MAX ? line : `${characters.slice(0, ERROR_TEXT_CHARACTERS_MAX - 1).join('')}…`;
}
