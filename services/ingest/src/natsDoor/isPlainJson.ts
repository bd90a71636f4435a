import type { DoorMessage } from './DoorMessage.js';

/** What the client has but does not declare: the bytes of a message as they came, and how many of them are headers, -1 for none. */
interface Undeclared {
  msg: { _rdata: Uint8Array; _msg: { hdr: number } };
}

/** Headers of the usual form, of which none says that it is anything but JSON. */
const PLAIN_JSON = /^NATS\/1\.0\r\n(?:(?!ce-|content-type:)[a-z0-9-]+:[ -~]*\r\n|content-type: ?application\/json\r\n)*\r\n$/i;

/**
 * Whether a message is surely an event as plain JSON. Most are, and for the client to take their headers apart would cost more than all
 * that the door does with the event. False where it cannot be told that easily: then the headers are to be read.
 */
export function isPlainJson(message: DoorMessage): boolean {
  const { msg } = message as Partial<Undeclared>;
  const bytes = msg?._rdata;
  const headerBytes = msg?._msg?.hdr;
  if (!(bytes instanceof Uint8Array) || typeof headerBytes !== 'number') return false;
  return headerBytes < 0 || PLAIN_JSON.test(Buffer.from(bytes.buffer, bytes.byteOffset, headerBytes).toString('latin1'));
}
