import { LOG_STREAM } from '@cairn/contracts';
import type { Readiness } from '@cairn/runtime';
import type { Database } from '@cairn/store';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { within } from './within.js';

const CHECK_MS_MAX = 2_000;

/** Whether both doors can take events in. */
export async function checkReadiness(needs: { nats: NatsConnection; pool: Database['pool']; isSubscribed(): boolean }): Promise<Readiness> {
  const [nats, log, postgres] = await Promise.all([
    check(needs.nats.rtt()),
    check(findLog(needs.nats)),
    check(needs.pool.query('SELECT 1')),
  ]);
  const checks = { nats, jetstream: log, postgres, 'nats-door': needs.isSubscribed() ? 'ok' : 'not subscribed' };
  return { ready: Object.values(checks).every((state) => state === 'ok'), checks };
}

/** A server whose disk was full answers, and has turned JetStream off. */
async function findLog(nats: NatsConnection): Promise<void> {
  const manager = await jetstream(nats).jetstreamManager(false);
  await manager.streams.info(LOG_STREAM);
}

async function check(answer: Promise<unknown>): Promise<string> {
  try {
    await within(CHECK_MS_MAX, answer);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
