import { CairnError, LOG_STREAM } from '@cairn/contracts';
import type { Readiness } from '@cairn/runtime';
import type { Database } from '@cairn/store';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { LogRefusal } from './log/LogRefusal.js';
import { within } from './within.js';

const CHECK_MS_MAX = 2_000;

interface Needs {
  nats: NatsConnection;
  pool: Database['pool'];
  refusal: LogRefusal;
  isSubscribed(): boolean;
}

/** Whether both doors can take events in. */
export async function checkReadiness(needs: Needs): Promise<Readiness> {
  const [nats, log, postgres] = await Promise.all([check(needs.nats.rtt()), check(findLog(needs)), check(needs.pool.query('SELECT 1'))]);
  const checks = { nats, jetstream: log, postgres, 'nats-door': needs.isSubscribed() ? 'ok' : 'not subscribed' };
  return { ready: Object.values(checks).every((state) => state === 'ok'), checks };
}

/** A server whose disk was full answers, and has turned JetStream off, or writes no more to the stream. */
async function findLog({ nats, refusal }: Needs): Promise<void> {
  const manager = await jetstream(nats).jetstreamManager(false);
  const { state } = await manager.streams.info(LOG_STREAM);
  const refused = refusal.check({ serverId: nats.info?.server_id, lastSequence: state.last_seq });
  if (refused !== null) throw new CairnError('unavailable', refused);
}

async function check(answer: Promise<unknown>): Promise<string> {
  try {
    await within(CHECK_MS_MAX, answer);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
