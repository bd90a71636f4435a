import { StandardEvents } from '../engine/standardEvents.js';
import { standardPacks } from '../engine/standardPack.js';
import type { Benchmark, Measured } from '../harness/benchmark.js';
import { median } from '../harness/median.js';
import { BENCH_TOKEN, BenchStack } from '../pipeline/BenchStack.js';
import { KeepAliveConnection } from '../pipeline/load/KeepAliveConnection.js';
import { postEvents } from '../pipeline/load/postEvents.js';
import { toSubmission } from '../pipeline/standardSubmissions.js';
import { residentBytes } from './residentBytes.js';

const ACHIEVEMENTS = 20;
/** Far more than are held in memory. */
const USERS = 200_000;
const EVENTS_A_REQUEST = 200;
const CONNECTIONS = 8;
const SAMPLES = 50;
const MIB = 2 ** 20;
const DRAIN_MS_MAX = 120_000;
const ACCEPTED = 202;

/** Resident memory of all of Cairn in one process, the servers not counted, at its start, on its way, and in the end. */
export function standaloneMemory(events: number): Benchmark {
  return {
    name: 'memory/standalone',
    unit: 'MiB',
    unitOf: { rate: 'events/s', growth: '× of the second fifth' },
    settings: {
      events,
      users: USERS,
      achievements: ACHIEVEMENTS,
      events_a_request: EVENTS_A_REQUEST,
      connections: CONNECTIONS,
      processes: 1,
    },
    prepare: () => async () => {
      const stack = await BenchStack.start();
      try {
        await stack.publish(standardPacks(ACHIEVEMENTS));
        return await measure(stack, events);
      } finally {
        await stack.stop();
      }
    },
  };
}

async function measure(stack: BenchStack, events: number): Promise<Measured> {
  const cairn = await stack.startCairn('all');
  const started = (await residentBytes(cairn.pid)).now;
  const samples: number[] = [];
  const startedMs = performance.now();
  await sendAll(cairn.url, { events, onSample: async () => samples.push((await residentBytes(cairn.pid)).now) });
  await stack.http(cairn).until(({ lag }) => lag === 0, DRAIN_MS_MAX);
  const seconds = (performance.now() - startedMs) / 1000;
  const { now, most } = await residentBytes(cairn.pid);
  const fifth = (n: number): number => median(samples.slice((n * samples.length) / 5, ((n + 1) * samples.length) / 5)) / MIB;
  return {
    value: {
      start: started / MIB,
      'second-fifth': fifth(1),
      'last-fifth': fifth(4),
      end: now / MIB,
      most: most / MIB,
      growth: fifth(4) / fifth(1),
      rate: events / seconds,
    },
    processor: {},
  };
}

/** As fast as they are taken, in requests of so many; events are made as they are sent. */
async function sendAll(baseUrl: string, of: { events: number; onSample: () => Promise<unknown> }): Promise<void> {
  const url = new URL(baseUrl);
  const source = new StandardEvents(of.events, USERS);
  const eventsASample = Math.ceil(of.events / SAMPLES);
  const open = await Promise.all(Array.from({ length: CONNECTIONS }, () => KeepAliveConnection.open(url)));
  let sent = 0;
  await Promise.all(
    open.map(async (connection) => {
      for (let events = source.next(EVENTS_A_REQUEST); events.length > 0; events = source.next(EVENTS_A_REQUEST)) {
        const body = JSON.stringify(events.map(({ event }) => toSubmission(event)));
        await sendOne(connection, postEvents({ url, token: BENCH_TOKEN }, body));
        const before = sent;
        sent += events.length;
        if (Math.floor(sent / eventsASample) > Math.floor(before / eventsASample)) await of.onSample();
      }
    }),
  );
  for (const connection of open) connection.close();
}

async function sendOne(connection: KeepAliveConnection, request: Buffer): Promise<void> {
  const { status, body } = await connection.send(request);
  if (status !== ACCEPTED && status !== 200) throw new Error(`answered with ${String(status)}: ${body.toString()}`);
}
