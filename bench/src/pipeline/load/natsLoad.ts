import { HEADER } from '@cairn/contracts';
import { connect, createInbox, headers, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { type Submission, standardSubmissions } from '../standardSubmissions.js';
import type { DoorReport, NatsLoadJob } from './loadJob.js';

/** An acknowledgement that is lost would be waited for without an end. */
const RUN_MS_MAX = 280_000;
const EXPECTED_STREAM = 'Nats-Expected-Stream';

interface Prepared {
  subject: string;
  data: Buffer;
  headers: MsgHdrs;
}

/**
 * Each event is a message of its own, and acknowledged by the stream. All acknowledgements go to one inbox: a client that waits for
 * each by itself takes more of the processor than the server that is measured.
 */
export async function prepareNatsLoad(job: NatsLoadJob): Promise<() => Promise<DoorReport>> {
  const messages = standardSubmissions(job).submissions.map((event) => prepare(event, job));
  const nats = await connect({ servers: job.natsUrl, noAsyncTraces: true });
  return async () => {
    const startedMs = performance.now();
    const answers = await publishAll(nats, messages, job.publishesInFlight);
    const seconds = (performance.now() - startedMs) / 1000;
    await nats.close();
    return { seconds, events: messages.length, answers };
  };
}

function prepare(event: Submission, { subjects, stream }: NatsLoadJob): Prepared {
  const said = headers();
  said.set(HEADER.contentType, 'application/json');
  said.set(HEADER.messageId, event.event_id);
  said.set(EXPECTED_STREAM, stream);
  return { subject: `${subjects}.${event.type}`, data: Buffer.from(JSON.stringify(event)), headers: said };
}

/** What was acknowledged, by whether the stream knew it already. */
function publishAll(nats: NatsConnection, messages: readonly Prepared[], inFlightMax: number): Promise<Record<string, number>> {
  return new Promise((resolve, reject) => {
    const answers = { accepted: 0, duplicate: 0 };
    const reply = createInbox();
    let sent = 0;
    const sendNext = (): void => {
      const next = messages[sent++];
      if (next !== undefined) nats.publish(next.subject, next.data, { reply, headers: next.headers });
    };
    const timer = setTimeout(() => reject(new Error('some of what was published was never acknowledged')), RUN_MS_MAX);
    nats.subscribe(reply, {
      callback: (error, message) => {
        const answer = error ?? readAnswer(message);
        if (answer instanceof Error) return reject(answer);
        answers[answer]++;
        sendNext();
        if (answers.accepted + answers.duplicate < messages.length) return;
        clearTimeout(timer);
        resolve(answers);
      },
    });
    for (let n = 0; n < inFlightMax; n++) sendNext();
  });
}

function readAnswer(message: Msg): 'accepted' | 'duplicate' | Error {
  const { seq, duplicate } = message.json<{ seq?: number; duplicate?: boolean }>();
  if (seq === undefined) return new Error(`not taken: ${message.string()}`);
  return duplicate === true ? 'duplicate' : 'accepted';
}
