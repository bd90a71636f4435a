import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import type { Load } from '../load/Load.js';
import type { Producers } from '../load/Producers.js';
import { recount } from '../plan/recount.js';
import type { Subscribers } from '../subscribers/Subscribers.js';
import type { ChaosWorld } from '../world/ChaosWorld.js';
import type { Check } from './Check.js';
import { checkDeadLetters } from './checkDeadLetters.js';
import { checkEvents } from './checkEvents.js';
import { checkLedger } from './checkLedger.js';
import { checkReceived } from './checkReceived.js';
import { checkReplay } from './checkReplay.js';
import { checkTenants } from './checkTenants.js';
import { checkRevocations, checkUnlocks } from './checkUnlocks.js';
import { storedUnlocks } from './storedUnlocks.js';

/** What a dead process left in the outbox is swept, and what is on its way arrives. */
const ARRIVAL_MS_MAX = 60_000;
const LOOK_MS = 100;

export interface Checked {
  load: Load;
  producers: Producers;
  subscribers: Subscribers;
  drainedSeconds: number | null;
  drainSecondsMax: number;
}

/** Everything that has to hold once the last fault is over and all is drained. */
export async function checkAll(world: ChaosWorld, checked: Checked): Promise<{ checks: Check[]; unlocks: number }> {
  const { load, producers, subscribers } = checked;
  const database = new pg.Client({ connectionString: world.postgres.url });
  await database.connect();
  const nats = await connect({ servers: world.nats.url.split(','), noAsyncTraces: true });
  try {
    const outboxLeft = await arrival(database, subscribers);
    const stored = await storedUnlocks(database);
    const { honoured, revoked } = producers.byHand;
    const expected = recount(load.plan, load.claimed, honoured);
    const checks = [
      ...checkRun(world, checked),
      await checkEvents(database, load),
      await checkDeadLetters(nats, load),
      checkUnlocks(stored, expected),
      checkRevocations(stored, revoked),
      await checkLedger(database, expected),
      { name: 'outbox left', expected: 0, found: outboxLeft, differences: [] },
      checkReceived('over NATS', { stored, received: [subscribers.overNats] }),
      checkReceived('over SSE', { stored, received: subscribers.overSse }),
      await checkTenants(world, { stored, expected }),
      await checkReplay(world),
    ];
    return { checks, unlocks: stored.length };
  } finally {
    await nats.close();
    await database.end();
  }
}

/** What shows while it runs, and not in what is left of it. */
function checkRun({ crashes }: ChaosWorld, { load, drainedSeconds, drainSecondsMax }: Checked): Check[] {
  const late = drainedSeconds === null ? [`the lag was not gone after ${String(drainSecondsMax)} s`] : [];
  return [
    { name: 'events answered', expected: load.claimed, found: load.answered, differences: [] },
    { name: 'wrong answers', expected: 0, found: load.refused, differences: load.refusals },
    { name: 'ended by itself', expected: 0, found: crashes.length, differences: crashes },
    { name: 'drained in time', expected: 1, found: drainedSeconds === null ? 0 : 1, differences: late },
  ];
}

/** Waits until all that is to be told has been told, or for as long as that may take. @returns what is left in the outbox */
async function arrival(database: pg.Client, subscribers: Subscribers): Promise<number> {
  for (const deadline = performance.now() + ARRIVAL_MS_MAX; ; await delay(LOOK_MS)) {
    const { rows } = await database.query<{ outbox: string; unlocks: string; revoked: string }>(
      `SELECT (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM unlocks) AS unlocks,
              (SELECT count(*) FROM unlocks WHERE revoked_at IS NOT NULL) AS revoked`,
    );
    const left = Number(rows[0]?.outbox);
    const all = subscribers.arrived >= Number(rows[0]?.unlocks) && subscribers.revocationsArrived >= Number(rows[0]?.revoked);
    if ((left === 0 && all) || performance.now() > deadline) return left;
  }
}
