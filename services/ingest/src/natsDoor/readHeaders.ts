import { CairnError } from '@cairn/contracts';
import type { MsgHdrs } from '@nats-io/transport-node';
import type { DoorMessage } from './DoorMessage.js';

/**
 * The client reads headers when it is asked for them, and fails where they are none: a producer that speaks the protocol by itself can
 * send anything.
 * @throws CairnError `invalid_headers`
 */
export function readHeaders(message: Pick<DoorMessage, 'headers'>): MsgHdrs | undefined {
  try {
    return message.headers;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'they follow no form';
    throw new CairnError('invalid_headers', `the headers of the message cannot be read: ${why}`, { cause });
  }
}
