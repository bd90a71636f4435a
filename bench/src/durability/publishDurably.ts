import type { Benchmark, Measured } from '../harness/benchmark.js';
import { median } from '../harness/median.js';
import { withProcessor } from '../harness/withProcessor.js';
import { NatsBench, type NatsBenchOptions } from '../jetstream/NatsBench.js';
import { publishRaw, type RawMessage } from '../jetstream/publishRaw.js';
import { standardSubmissions } from '../pipeline/standardSubmissions.js';
import { admitStandard } from '../work/admitStandard.js';
import { encodeEntry, gatherEntries } from '../work/logEntries.js';

const PUBLISHES_IN_FLIGHT = 1_024;
const EVENTS_AN_ENTRY = 50;
const SINGLES = 20_000;
const BATCHED = 200_000;
/** One after the other, each waited for. */
const ONE_BY_ONE = 1_000;

/** Events a second that are acknowledged, alone and in entries of fifty; and how long a single one takes when nothing else is on its way. */
export function publishDurably(name: string, options: NatsBenchOptions): Benchmark {
  return {
    name: `durability/${name}`,
    unit: 'events/s',
    unitOf: { 'one-by-one': 'ms' },
    settings: {
      servers: options.servers,
      replicas: options.servers,
      sync_interval: options.syncInterval,
      publishes_in_flight: PUBLISHES_IN_FLIGHT,
      events_alone: SINGLES,
      events_in_entries: BATCHED,
    },
    events: SINGLES + BATCHED + ONE_BY_ONE,
    prepare: () => {
      const alone = messagesOf(SINGLES, 1);
      const batched = messagesOf(BATCHED, EVENTS_AN_ENTRY);
      return () => measure(options, { alone, batched });
    },
  };
}

async function measure(options: NatsBenchOptions, of: { alone: RawMessage[]; batched: RawMessage[] }): Promise<Measured> {
  const bench = await NatsBench.start(options);
  const value: Record<string, number> = {};
  try {
    const { processor } = await withProcessor(async () => {
      value['publish-1'] = SINGLES / (await secondsOf(() => publishRaw(bench.nats, of.alone, PUBLISHES_IN_FLIGHT)));
      value['publish-50'] = BATCHED / (await secondsOf(() => publishRaw(bench.nats, of.batched, PUBLISHES_IN_FLIGHT)));
      const waits: number[] = [];
      for (const message of of.alone.slice(0, ONE_BY_ONE)) waits.push(1000 * (await secondsOf(() => publishRaw(bench.nats, [message], 1))));
      value['one-by-one'] = median(waits);
    });
    return { value, processor };
  } finally {
    await bench.stop();
  }
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}

function messagesOf(events: number, eventsAnEntry: number): RawMessage[] {
  return gatherEntries(admitStandard(standardSubmissions({ events }).submissions), eventsAnEntry).map(encodeEntry);
}
