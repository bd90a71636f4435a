import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { stopOnSignal } from '../harness/stopOnSignal.js';
import { CairnHttp } from './CairnHttp.js';
import type { ChaosReport } from './ChaosReport.js';
import { isGood } from './check/Check.js';
import { checkAll } from './check/checkAll.js';
import { faultLanes } from './faults/faultLanes.js';
import { LagWatch } from './LagWatch.js';
import { Load } from './load/Load.js';
import { Producers } from './load/Producers.js';
import { CHAOS_PACK } from './plan/chaosPack.js';
import { EventPlan, TENANTS } from './plan/EventPlan.js';
import { Subscribers } from './subscribers/Subscribers.js';
import { ChaosWorld } from './world/ChaosWorld.js';
import { Timeline } from './world/Timeline.js';

export interface ChaosOptions {
  seed: number;
  minutes: number;
  nats: 'single' | 'cluster';
  /** Different ones; duplicates come on top. */
  events: number;
  print(line: string): void;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** What was not sent by then is not sent any more: faults may hold up everything for as long again, and a while. */
const SENDING_SHARE_MAX = 2;
const SENDING_MORE_MS = 2 * MINUTE_MS;
/** What is under way when the last fault is over has to be answered, and evaluated, in this time. */
const DRAIN_SECONDS_MAX = 60;
const START_MS_MAX = 120_000;
const EVENTS_A_USER = 400;
const USERS_MIN = 300;
const DISK_BYTES_MIN = 1024 ** 3;
/** Of what an event leaves in all streams, with room to spare. */
const DISK_BYTES_AN_EVENT = 3_000;

/** Runs all of Cairn under load, breaks everything that can break, and counts in the end. */
export async function chaosRun(options: ChaosOptions): Promise<ChaosReport> {
  const { nats, events, print } = options;
  const dir = await mkdtemp(join(tmpdir(), 'cairn-chaos-'));
  const diskBytesMax = DISK_BYTES_MIN + events * DISK_BYTES_AN_EVENT;
  const world = await ChaosWorld.start({ dir, nats, diskBytesMax, timeline: new Timeline(print) });
  const signalled = stopOnSignal(() => world.stop({ keep: false }));
  let kept: string | null = dir;
  try {
    const report = await run(world, options);
    if (report.good) kept = null;
    return { ...report, kept };
  } finally {
    signalled();
    await world.stop({ keep: kept !== null });
    if (kept === null) await rm(dir, { recursive: true, force: true });
    else print(`everything is kept in ${kept}`);
  }
}

async function run(world: ChaosWorld, options: ChaosOptions): Promise<ChaosReport> {
  await prepare(world);
  const connections = [await connectThrough(world, 'producer'), await connectThrough(world, 'subscriber')] as const;
  const plan = new EventPlan({ seed: options.seed, users: Math.max(USERS_MIN, Math.round(options.events / EVENTS_A_USER)) });
  const load = new Load({ plan, events: options.events, durationMs: options.minutes * MINUTE_MS });
  const subscribers = new Subscribers(world, connections[1]);
  const producers = new Producers({ world, load, nats: connections[0], seed: options.seed });
  const watch = new LagWatch({ world, load });
  try {
    const lastFaultMs = await breakWhileSending(world, { producers, load, options });
    const drainedSeconds = await watch.drained(lastFaultMs, DRAIN_SECONDS_MAX * SECOND_MS);
    world.timeline.tell(
      drainedSeconds === null ? 'the lag does not go away' : `nothing is left to do, ${drainedSeconds.toFixed(1)} s later`,
    );
    const outcome = await checkAll(world, { load, producers, subscribers, drainedSeconds, drainSecondsMax: DRAIN_SECONDS_MAX });
    return {
      ...reportOf(world, { options, load, subscribers }),
      ...outcome,
      drained_seconds: drainedSeconds,
      peak_lag: watch.peakLag,
      good: outcome.checks.every(isGood),
    };
  } finally {
    await Promise.all([producers.stop(), subscribers.stop(), watch.stop()]);
    await Promise.all(connections.map((nats) => nats.close()));
  }
}

/** Resolves when all is sent and answered. @returns when the last fault was over */
async function breakWhileSending(
  world: ChaosWorld,
  { producers, load, options }: { producers: Producers; load: Load; options: ChaosOptions },
): Promise<number> {
  const stop = new AbortController();
  const faults = faultLanes({ world, seed: options.seed, stop: stop.signal });
  try {
    const sendingMsMax = options.minutes * MINUTE_MS * SENDING_SHARE_MAX + SENDING_MORE_MS;
    // A fault that cannot be brought about ends the run at once.
    await Promise.race([producers.finished(sendingMsMax), faults]);
  } finally {
    load.end();
    stop.abort();
    await faults;
    for (const link of world.links.values()) link.heal();
  }
  const lastFaultMs = performance.now();
  world.timeline.tell('the last fault is over');
  await Promise.all([producers.finished(DRAIN_SECONDS_MAX * SECOND_MS), producers.restHands()]);
  world.timeline.tell(`${String(load.answered)} of ${String(load.claimed)} events are answered`);
  return lastFaultMs;
}

/** The definitions are in effect for all tenants, and every process is there, before anything breaks. */
async function prepare(world: ChaosWorld): Promise<void> {
  const [url = ''] = world.urlsOf('api');
  await new CairnHttp(url, world.tokenOf('default')).until(() => true, START_MS_MAX);
  await world.makeTokens();
  for (const tenant of TENANTS) {
    const http = new CairnHttp(url, world.tokenOf(tenant));
    await http.publishPack(CHAOS_PACK);
    await http.until(({ lag }) => lag === 0, START_MS_MAX);
  }
  await world.allReady(START_MS_MAX);
  world.timeline.tell(
    `${world.processes.map(({ name }) => name).join(', ')}, ${String(world.nats.size)} nats-server and PostgreSQL are up`,
  );
}

function connectThrough(world: ChaosWorld, name: string): Promise<NatsConnection> {
  return connect({
    servers: world.linkOf(name).natsUrl.split(','),
    name,
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
  });
}

type Running = Pick<
  ChaosReport,
  'seed' | 'nats' | 'full_disk' | 'seconds' | 'kills' | 'faults' | 'sent' | 'messages' | 'kept' | 'timeline'
>;

function reportOf(world: ChaosWorld, of: { options: ChaosOptions; load: Load; subscribers: Subscribers }): Running {
  const { options, load, subscribers } = of;
  const { timeline } = world;
  const all = [subscribers.overNats, ...subscribers.overSse];
  return {
    seed: options.seed,
    nats: options.nats,
    full_disk: world.hasDisks ? 'file system' : 'max_file_store',
    seconds: Math.round(timeline.seconds),
    kills: timeline.kills,
    faults: Object.fromEntries(timeline.faults),
    sent: { events: load.claimed, duplicates: load.duplicates, retries: load.retries, to_be_refused: load.bad.size },
    messages: {
      nats: subscribers.overNats.messages,
      sse: subscribers.overSse.reduce((sum, { messages }) => sum + messages, 0),
      reconnects: all.reduce((sum, { reconnects }) => sum + reconnects, 0),
    },
    kept: null,
    timeline: timeline.entries,
  };
}
