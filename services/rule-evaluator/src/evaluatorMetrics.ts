import type { Metrics } from '@cairn/runtime';
import type { FoldedBatch } from './partition/FoldedBatch.js';

export interface EvaluatorMetrics {
  committed(folded: FoldedBatch): void;
  restarting(code: string): void;
}

export function evaluatorMetrics(
  metrics: Metrics,
  gauges: { outboxWaiting: () => number; partitionsOwned: () => number },
): EvaluatorMetrics {
  const events = metrics.counter({
    name: 'cairn_evaluator_events_total',
    help: 'Events of the log by what became of them.',
    labels: ['result'],
  });
  const unlocks = metrics.counter({ name: 'cairn_evaluator_unlocks_total', help: 'Unlocks written.' });
  const failures = metrics.counter({
    name: 'cairn_evaluator_expression_failures_total',
    help: 'Evaluations of a where, value or success that failed: the event was no match.',
  });
  const restarts = metrics.counter({
    name: 'cairn_evaluator_restarts_total',
    help: 'Times that a loop started over from its committed position, by the error. One that stands still does so every two seconds.',
    labels: ['code'],
  });
  const batches = metrics.histogram({
    name: 'cairn_evaluator_batch_events',
    help: 'Events of a committed micro-batch.',
    buckets: [1, 5, 20, 100, 500, 1_000, 2_500],
  });
  metrics.gauge({
    name: 'cairn_evaluator_outbox_waiting',
    help: 'Outbox messages in memory that are not yet acknowledged.',
    collect: (gauge) => gauge.set(gauges.outboxWaiting()),
  });
  metrics.gauge({
    name: 'cairn_evaluator_partitions_owned',
    help: 'Partitions that this process evaluates.',
    collect: (gauge) => gauge.set(gauges.partitionsOwned()),
  });
  return {
    committed({ counts }) {
      events.inc({ result: 'accepted' }, counts.events);
      events.inc({ result: 'duplicate' }, counts.duplicates);
      events.inc({ result: 'dead_letter' }, counts.deadLetters);
      unlocks.inc(counts.unlocks);
      failures.inc(counts.evaluationFailures);
      batches.observe(counts.events);
    },
    restarting: (code) => restarts.inc({ code }),
  };
}
