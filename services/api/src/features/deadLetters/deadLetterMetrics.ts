import type { Logger, Metrics } from '@cairn/runtime';
import type { LetterBox } from './LetterBox.js';

/** Counted when somebody asks: the stream knows. */
export function deadLetterMetrics(metrics: Metrics, { box, log }: { box: LetterBox; log: Logger }): void {
  metrics.gauge({
    name: 'cairn_dead_letters',
    help: 'Dead letters that wait to be redriven or discarded, by error code.',
    labels: ['code'],
    collect: async (gauge) => {
      let counts: Map<string, number>;
      try {
        counts = await box.counts();
      } catch (error) {
        // The other metrics are wanted most of all when NATS is away.
        log.warn({ err: error }, 'the dead letters cannot be counted for the metrics');
        return;
      }
      gauge.reset();
      for (const [code, letters] of counts) gauge.set({ code }, letters);
    },
  });
}
