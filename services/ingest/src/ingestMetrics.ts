import type { Metrics } from '@cairn/runtime';

export type Door = 'http' | 'nats';
/** `ignored`: on a subject that is Cairn's own. `failed`: to be sent or delivered again. */
export type CountedStatus = 'accepted' | 'duplicate' | 'conflict' | 'rejected' | 'ignored' | 'failed';

export interface IngestMetrics {
  count(door: Door, status: CountedStatus, events?: number): void;
  observePublish(seconds: number): void;
}

export function ingestMetrics(
  metrics: Metrics,
  gauges: { waiting(): number; publishesInFlight(): number; backfillAhead(): number },
): IngestMetrics {
  const events = metrics.counter({
    name: 'cairn_ingest_events_total',
    help: 'Events that came to a door, by what became of them.',
    labels: ['door', 'status'],
  });
  const publish = metrics.histogram({
    name: 'cairn_ingest_log_publish_seconds',
    help: 'Time until an entry of the log was acknowledged, all attempts included.',
  });
  metrics.gauge({
    name: 'cairn_ingest_events_waiting',
    help: 'Events between a door and their acknowledgement.',
    collect: (gauge) => gauge.set(gauges.waiting()),
  });
  metrics.gauge({
    name: 'cairn_ingest_publishes_in_flight',
    help: 'Entries of the log on their way.',
    collect: (gauge) => gauge.set(gauges.publishesInFlight()),
  });
  metrics.gauge({
    name: 'cairn_ingest_backfill_ahead',
    help: 'Backfilled events of this process between the door and the evaluation.',
    collect: (gauge) => gauge.set(gauges.backfillAhead()),
  });
  return {
    count: (door, status, count = 1) => events.inc({ door, status }, count),
    observePublish: (seconds) => publish.observe(seconds),
  };
}
