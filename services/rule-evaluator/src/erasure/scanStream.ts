import { DeliverPolicy, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import { ERASURE_MESSAGES_AHEAD, ERASURE_NOTED_MESSAGES } from '../limits.js';

export interface ScanOf {
  stream: string;
  /** All of the stream where left out. */
  subjects?: string[];
  after: number;
  /** The last that is looked at. */
  until: number;
  signal: AbortSignal;
}

/** Goes through a stretch of a stream, in order. `reached` is told now and then how far it is, and at the end. @throws where it was interrupted */
export async function scanStream(
  js: JetStreamClient,
  of: ScanOf,
  does: { take(message: JsMsg): Promise<void>; reached(sequence: number): Promise<void> },
): Promise<void> {
  const { stream, subjects, after, until, signal } = of;
  if (until <= after) return;
  const consumer = await js.consumers.get(stream, {
    ...(subjects === undefined ? {} : { filter_subjects: subjects }),
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: after + 1,
  });
  if ((await consumer.info()).num_pending === 0) return does.reached(until);
  const messages = await consumer.consume({ max_messages: ERASURE_MESSAGES_AHEAD });
  const stop = (): void => messages.stop();
  signal.addEventListener('abort', stop);
  let [isAtEnd, seen] = [false, 0];
  try {
    for await (const message of messages) {
      if (signal.aborted) break;
      isAtEnd = message.seq >= until || message.info.pending === 0;
      if (message.seq <= until) await does.take(message);
      if (isAtEnd) break;
      seen += 1;
      if (seen % ERASURE_NOTED_MESSAGES === 0) await does.reached(message.seq);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await messages.close();
  }
  if (!isAtEnd) throw new Error(`the stream ${stream} was not gone through to its end`);
  await does.reached(until);
}
