import { HEADER } from '@cairn/contracts';
import { jetstream } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { standardSubmissions } from '../standardSubmissions.js';
import type { DoorReport, NatsLoadJob } from './loadJob.js';

/** Each event is a message of its own, and acknowledged by the stream. */
export async function prepareNatsLoad(job: NatsLoadJob): Promise<() => Promise<DoorReport>> {
  const { natsUrl, stream, subjects, publishesInFlight } = job;
  const { submissions } = standardSubmissions(job);
  const messages = submissions.map((event) => ({
    subject: `${subjects}.${event.type}`,
    data: Buffer.from(JSON.stringify(event)),
    msgID: event.event_id,
  }));
  const nats = await connect({ servers: natsUrl, noAsyncTraces: true });
  const js = jetstream(nats);
  return async () => {
    const answers = { accepted: 0, duplicate: 0 };
    const inOrder = messages.values();
    const startedMs = performance.now();
    await Promise.all(
      Array.from({ length: publishesInFlight }, async () => {
        for (const { subject, data, msgID } of inOrder) {
          const sent = headers();
          sent.set(HEADER.contentType, 'application/json');
          const { duplicate } = await js.publish(subject, data, { msgID, headers: sent, expect: { streamName: stream } });
          answers[duplicate ? 'duplicate' : 'accepted']++;
        }
      }),
    );
    const seconds = (performance.now() - startedMs) / 1000;
    await nats.close();
    return { seconds, events: messages.length, answers };
  };
}
