import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import { createInbox, type NatsConnection } from '@nats-io/transport-node';

/** Messages that one pull asks for, and how many must be left of it when the next is sent. */
const PULL_MESSAGES = 1_000;
const PULL_AGAIN_AT = 500;

/** Reads a whole stream with pulls of its own, acknowledges each five hundred, and resolves when all has come. */
export async function consumeRaw(nats: NatsConnection, stream: string, messages: number): Promise<void> {
  const manager = await jetstreamManager(nats);
  const { name } = await manager.consumers.add(stream, { ack_policy: AckPolicy.All, max_ack_pending: 2 * PULL_MESSAGES });
  const next = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`;
  const inbox = createInbox();
  const pull = (batch: number): void => nats.publish(next, JSON.stringify({ batch }), { reply: inbox });
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    const subscription = nats.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null || message.reply === undefined) {
          subscription.unsubscribe();
          reject(error ?? new Error(`a pull was answered with ${String(message.headers?.code)} ${message.headers?.description ?? ''}`));
          return;
        }
        seen++;
        if (seen % PULL_AGAIN_AT === 0) {
          message.respond();
          pull(PULL_AGAIN_AT);
        }
        if (seen < messages) return;
        subscription.unsubscribe();
        resolve();
      },
    });
    pull(PULL_MESSAGES);
  });
  await manager.consumers.delete(stream, name);
}
