import { createInbox, type NatsConnection } from '@nats-io/transport-node';

export interface RawMessage {
  subject: string;
  data: Uint8Array;
}

/**
 * Publishes to a stream with so many messages on their way at most, and resolves when all are acknowledged. It reads of an
 * acknowledgement only whether it is one: what a client does beyond that costs more than what is measured.
 */
export async function publishRaw(nats: NatsConnection, messages: readonly RawMessage[], inFlightMax: number): Promise<void> {
  const inbox = createInbox();
  let sent = 0;
  let acknowledged = 0;
  await new Promise<void>((resolve, reject) => {
    const sendMore = (): void => {
      for (let message = messages[sent]; message !== undefined && sent - acknowledged < inFlightMax; message = messages[sent]) {
        sent++;
        nats.publish(message.subject, message.data, { reply: inbox });
      }
    };
    const subscription = nats.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null || !isAcknowledgement(message.data)) {
          subscription.unsubscribe();
          reject(error ?? new Error(`not acknowledged: ${message.string()}`));
          return;
        }
        acknowledged++;
        if (acknowledged === messages.length) {
          subscription.unsubscribe();
          resolve();
        } else sendMore();
      },
    });
    sendMore();
  });
}

const ACKNOWLEDGED = Buffer.from('{"stream":');

function isAcknowledgement(data: Uint8Array): boolean {
  return ACKNOWLEDGED.equals(data.subarray(0, ACKNOWLEDGED.length));
}
