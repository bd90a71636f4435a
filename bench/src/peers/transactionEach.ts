import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { publishRaw } from '../jetstream/publishRaw.js';
import type { Submission } from '../pipeline/standardSubmissions.js';
import { EventTransactions } from './EventTransactions.js';
import type { Peer, PeerContext, PreparedPeer } from './Peer.js';

const STREAM = 'PEER';
const CONSUMER = 'worker';
const PUBLISHES_IN_FLIGHT = 1_024;
/** Beyond those that are being worked on, so that none waits for the next message. */
const MESSAGES_AHEAD = 500;

/** One message, one transaction, one acknowledgement, on so many connections at once. */
export function transactionEach(events: number): Peer {
  return {
    name: 'transaction-each',
    events,
    settings: { log: 'JetStream, a message for each event', sync_interval: 'always', messages_ahead: MESSAGES_AHEAD },
    concurrencies: [8, 24, 64],
    prepare,
  };
}

async function prepare(context: PeerContext, concurrency: number): Promise<PreparedPeer> {
  const nats = await connect({ servers: context.natsUrl, noAsyncTraces: true });
  const manager = await jetstreamManager(nats);
  await manager.streams.add({ name: STREAM, subjects: [`${STREAM}.>`] });
  await manager.consumers.add(STREAM, {
    durable_name: CONSUMER,
    ack_policy: AckPolicy.Explicit,
    max_ack_pending: concurrency + MESSAGES_AHEAD,
  });
  const messages = context.submissions.map((event) => ({ subject: `${STREAM}.${event.type}`, data: Buffer.from(JSON.stringify(event)) }));
  await publishRaw(nats, messages, PUBLISHES_IN_FLIGHT);
  const transactions = await EventTransactions.open({ ...context, connections: concurrency });
  const consumer = await jetstream(nats).consumers.get(STREAM, CONSUMER);
  return {
    run: async () => {
      let left = messages.length;
      await new Promise<void>((resolve, reject) => {
        const consuming = consumer.consume({
          max_messages: concurrency + MESSAGES_AHEAD,
          callback: (message) => {
            transactions.apply(message.json<Submission>()).then(() => {
              message.ack();
              if (--left === 0) resolve();
            }, reject);
          },
        });
        consuming.catch(reject);
      });
    },
    stop: async () => {
      await transactions.close();
      await manager.streams.delete(STREAM);
      await nats.close();
    },
  };
}
