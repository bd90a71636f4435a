import { setTimeout as delay } from 'node:timers/promises';
import type { Readiness } from '@cairn/runtime';
import type { Database } from '@cairn/store';
import type { NatsConnection } from '@nats-io/transport-node';

const CHECK_MS_MAX = 2000;

/** Whether what the reads need answers, and in time. */
export async function checkReadiness(needs: { nats: NatsConnection; database: Database }): Promise<Readiness> {
  const [nats, postgres] = await Promise.all([check(needs.nats.rtt()), check(needs.database.pool.query('SELECT 1'))]);
  return { ready: nats === 'ok' && postgres === 'ok', checks: { nats, postgres } };
}

async function check(answer: Promise<unknown>): Promise<string> {
  const abort = new AbortController();
  const tooLate = delay(CHECK_MS_MAX, 'no answer in time', { signal: abort.signal });
  try {
    return await Promise.race([answer.then(() => 'ok'), tooLate]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    // Its rejection by the abort is nobody's business.
    tooLate.catch(() => undefined);
    abort.abort();
  }
}
