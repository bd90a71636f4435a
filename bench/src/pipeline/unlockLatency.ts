import { standardPacks } from '../engine/standardPack.js';
import type { Benchmark, Measured } from '../harness/benchmark.js';
import { BENCH_TOKEN, BenchStack } from './BenchStack.js';
import { LoadProcess } from './load/LoadProcess.js';
import type { LatencyReport } from './load/loadJob.js';
import { probePack } from './probePack.js';
import { difference, processorTime } from './processorTime.js';
import { STANDARD_USERS } from './standardSubmissions.js';

const ACHIEVEMENTS = 20;

interface Pace {
  /** Behind the name of the benchmark. */
  part: string;
  eventsASecond: number;
  eventsAProbe: number;
  probeUsers: number;
}

/** There is always an unlock on its way. */
export const STEADY: Pace = { part: '', eventsASecond: 1_000, eventsAProbe: 10, probeUsers: 100 };
/** Five seconds of nothing before each event; most of them are of somebody who sent one before. */
export const IDLE: Pace = { part: 'idle/', eventsASecond: 0.2, eventsAProbe: 1, probeUsers: 3 };

interface Length extends Pace {
  seconds: number;
  trace: boolean;
}

/** All of Cairn in one process, as `cairn serve` starts it. The first second, in which its code is compiled, is measured with the rest. */
export function unlockLatency(door: 'http' | 'nats', length: Length): Benchmark {
  const { part, eventsASecond, probeUsers, seconds } = length;
  return {
    name: `latency/${part}${door}`,
    unit: 'ms',
    settings: {
      events_a_second: eventsASecond,
      seconds,
      users: STANDARD_USERS,
      probe_users: probeUsers,
      achievements: ACHIEVEMENTS,
      processes: 1,
      synchronous_commit: 'on',
      sync_interval: 'always',
    },
    events: eventsASecond * seconds,
    prepare: () => async () => {
      const stack = await BenchStack.start();
      try {
        await stack.publish([...standardPacks(ACHIEVEMENTS), probePack]);
        return await measure(stack, door, length);
      } finally {
        await stack.stop();
      }
    },
  };
}

async function measure(stack: BenchStack, door: 'http' | 'nats', length: Length): Promise<Measured> {
  const { part: _, ...job } = length;
  const { trace } = job;
  const cairn = await stack.startCairn('all');
  const load = await LoadProcess.start({
    kind: 'latency',
    door,
    url: cairn.url,
    streamUrl: cairn.url,
    token: BENCH_TOKEN,
    natsUrl: stack.servers.natsUrl,
    ...job,
  });
  try {
    const names = new Map([
      [cairn.pid, 'cairn'],
      [load.pid, 'load'],
    ]);
    const before = await processorTime(names);
    const report = await load.run();
    checkArrivals(report);
    return {
      value: { ...percentiles('nats', report.nats), ...percentiles('sse', report.sse), ...(trace ? hops(report) : {}) },
      processor: difference(await processorTime(names), before),
    };
  } finally {
    await load.stop();
  }
}

function checkArrivals({ nats, sse, expected }: LatencyReport): void {
  if (nats.length >= expected && sse.length === expected) return;
  throw new Error(`of ${String(expected)} unlocks ${String(nats.length)} came over NATS and ${String(sse.length)} over SSE`);
}

/** From sending on: how long until the entry of the log was published, and until the answer; and all of the way once it is warm. */
function hops({ trace: { logged, accepted, warm } }: LatencyReport): Record<string, number> {
  return { ...percentiles('logged', logged), ...percentiles('accepted', accepted), ...percentiles('warm', warm) };
}

function percentiles(way: string, milliseconds: readonly number[]): Record<string, number> {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;
  return { [`${way}/p50`]: at(0.5), [`${way}/p99`]: at(0.99), [`${way}/max`]: at(1) };
}
