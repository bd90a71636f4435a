import type { Benchmark } from '../harness/benchmark.js';
import { withProcessor } from '../harness/withProcessor.js';
import { consumeRaw } from '../jetstream/consumeRaw.js';
import { NatsBench } from '../jetstream/NatsBench.js';
import { publishRaw } from '../jetstream/publishRaw.js';
import { STANDARD_EVENTS, standardSubmissions } from '../pipeline/standardSubmissions.js';
import { admitStandard } from '../work/admitStandard.js';
import { encodeEntry, gatherEntries } from '../work/logEntries.js';

const PUBLISHES_IN_FLIGHT = 1_024;
/** Of messages that hold one event: fewer, as each is one sync. */
const SINGLES = 50_000;

/** Events a second into a stream, and out of it again, with nothing done about them. */
export const jetStreamLimits: readonly Benchmark[] = [
  { events: STANDARD_EVENTS, eventsAnEntry: 50, syncInterval: 'always' },
  { events: SINGLES, eventsAnEntry: 1, syncInterval: 'always' },
].flatMap((of) => [limit('publish', of), limit('consume', of)]);

interface Stream {
  events: number;
  eventsAnEntry: number;
  syncInterval: string;
}

function limit(what: 'publish' | 'consume', of: Stream): Benchmark {
  const { events, eventsAnEntry, syncInterval } = of;
  return {
    name: `limits/${what}-${String(eventsAnEntry)}`,
    unit: 'events/s',
    settings: { events, events_a_message: eventsAnEntry, publishes_in_flight: PUBLISHES_IN_FLIGHT, sync_interval: syncInterval },
    events,
    prepare: () => {
      const { submissions } = standardSubmissions({ events });
      const messages = gatherEntries(admitStandard(submissions), eventsAnEntry).map(encodeEntry);
      return async () => {
        const bench = await NatsBench.start({ syncInterval, servers: 1 });
        try {
          const publish = (): Promise<void> => publishRaw(bench.nats, messages, PUBLISHES_IN_FLIGHT);
          const consume = (): Promise<void> => consumeRaw(bench.nats, NatsBench.stream, messages.length);
          if (what === 'consume') await publish();
          const { seconds, processor } = await withProcessor(what === 'publish' ? publish : consume);
          return { value: events / seconds, processor };
        } finally {
          await bench.stop();
        }
      };
    },
  };
}
