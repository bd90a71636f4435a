import type { Logger, Metrics } from '@cairn/runtime';
import type { LogStanding } from '../../log/LogStanding.js';

/** Looked up when somebody asks, as for the status. */
export function statusMetrics(metrics: Metrics, { standing, log }: { standing: LogStanding; log: Logger }): void {
  metrics.gauge({
    name: 'cairn_lag',
    help: 'Entries of the log and messages in front of the NATS door that are accepted and not evaluated; NaN where nobody can tell.',
    collect: async (gauge) => {
      try {
        gauge.set((await standing.read()).lag);
      } catch (error) {
        // The other metrics are wanted most of all when a server is away.
        gauge.set(Number.NaN);
        log.warn({ err: error }, 'the lag cannot be told for the metrics');
      }
    },
  });
}
