import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '@cairn/testing/random';
import { TENANTS, type TenantId } from '../plan/EventPlan.js';
import type { ChaosWorld } from '../world/ChaosWorld.js';
import type { Load } from './Load.js';
import { pickAgain } from './pickAgain.js';

const BATCH_EVENTS = 120;
const SINGLES = 10;
const SINGLES_SHARE = 0.1;
const ANSWER_MS_MAX = 20_000;
const RETRY_MS = 200;
const CONFLICT = 422;

interface Result {
  event_id: string;
  status: string;
}

interface Sending {
  load: Load;
  world: ChaosWorld;
  random: SeededRandom;
  signal: AbortSignal;
}

/** Sends events over HTTP, mostly in batches, to whichever ingest answers, each until it is answered. */
export async function httpLane(sending: Sending): Promise<void> {
  const { load, random } = sending;
  for (;;) {
    const isSingle = random.chance(SINGLES_SHARE);
    const numbers = await load.claim(isSingle ? SINGLES : BATCH_EVENTS);
    if (numbers.length === 0) return;
    const again = pickAgain(numbers, random);
    load.duplicates += again.length;
    const all = [...numbers, ...again];
    if (isSingle) await Promise.all(all.map((n) => send(sending, { tenant: load.plan.tenantOf(n), numbers: [n], isSingle })));
    else for (const tenant of TENANTS) await sendBatch(sending, tenant, all);
  }
}

async function sendBatch(sending: Sending, tenant: TenantId, all: readonly number[]): Promise<void> {
  const numbers = all.filter((n) => sending.load.plan.tenantOf(n) === tenant);
  if (numbers.length > 0) await send(sending, { tenant, numbers, isSingle: false });
}

interface Request {
  tenant: TenantId;
  numbers: readonly number[];
  isSingle: boolean;
}

async function send(sending: Sending, request: Request): Promise<void> {
  const { load, world, random, signal } = sending;
  const events = request.numbers.map((n) => load.plan.at(n));
  const body = JSON.stringify(request.isSingle ? events[0] : events);
  for (;;) {
    signal.throwIfAborted();
    const results = await post(random.pick(world.urlsOf('ingest')), { body, token: world.tokenOf(request.tenant), load });
    if (results !== null) {
      note(load, request.numbers, results);
      return;
    }
    load.retries += request.numbers.length;
    await delay(RETRY_MS * (1 + random.next()));
  }
}

/** Null where it is to be sent again. */
async function post(url: string, { body, token, load }: { body: string; token: string; load: Load }): Promise<Result[] | null> {
  try {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    const text = await response.text();
    if (response.ok) {
      const answer = JSON.parse(text) as Result | { results: Result[] };
      return 'results' in answer ? answer.results : [answer];
    }
    if (response.status === CONFLICT && text.includes('idempotency_conflict')) return [{ event_id: '', status: 'conflict' }];
    // Busy, or a part of it is away: it says to come again.
    if (response.status !== 429 && response.status !== 503) load.refuse(`${String(response.status)} ${text.slice(0, 300)}`);
    return null;
  } catch {
    // Killed, frozen or cut off in the middle: nobody knows what became of it, so it is sent again.
    return null;
  }
}

function note(load: Load, numbers: readonly number[], results: readonly Result[]): void {
  for (const [i, n] of numbers.entries()) {
    const result = results[i];
    if (result?.status === 'conflict' && load.contested.has(n)) continue;
    const taken = result?.status === 'accepted' || result?.status === 'duplicate';
    if (!taken || result.event_id !== load.plan.at(n).event_id) {
      load.refuse(`${load.plan.at(n).event_id} of ${load.plan.tenantOf(n)} was answered with ${JSON.stringify(result)}`);
      continue;
    }
    if (result.status === 'duplicate') load.answeredDuplicate++;
    load.answer(n, { inLog: true });
  }
}
