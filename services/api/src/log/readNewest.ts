import { type ConsumerMessages, DeliverPolicy, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import { SEARCH_BYTES_MAX, SEARCH_MESSAGES_AHEAD, SEARCH_MS_MAX } from '../limits.js';

/** The part of a stream that was looked through, as sequences. */
export interface Searched {
  from: number;
  to: number;
}

/**
 * Goes through the newest messages of a stream, oldest first, until `take` says that it has found what it looks for. Answers how far
 * it came: it ends early where it takes too long or there is too much.
 */
export async function readNewest(
  js: JetStreamClient,
  of: { stream: string; subjects: readonly string[]; sequencesMax: number },
  take: (message: JsMsg) => boolean,
): Promise<Searched> {
  const manager = await js.jetstreamManager(false);
  const { first_seq: first, last_seq: last } = (await manager.streams.info(of.stream)).state;
  const from = Math.max(first, last - of.sequencesMax + 1);
  const consumer = await js.consumers.get(of.stream, {
    filter_subjects: [...of.subjects],
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
  });
  try {
    if ((await consumer.info()).num_pending === 0) return { from, to: last };
    return await takeAll(await consumer.consume({ max_messages: SEARCH_MESSAGES_AHEAD }), { from, last }, take);
  } finally {
    await consumer.delete();
  }
}

async function takeAll(
  messages: ConsumerMessages,
  { from, last }: { from: number; last: number },
  take: (message: JsMsg) => boolean,
): Promise<Searched> {
  const timer = setTimeout(() => void messages.close(), SEARCH_MS_MAX);
  let bytes = 0;
  let to = from - 1;
  try {
    for await (const message of messages) {
      to = message.seq;
      if (take(message)) return { from, to };
      if (message.info.pending === 0) return { from, to: Math.max(to, last) };
      bytes += message.data.length;
      if (bytes > SEARCH_BYTES_MAX) break;
    }
  } finally {
    clearTimeout(timer);
    await messages.close();
  }
  return { from, to };
}
