import type { Metrics } from '@cairn/runtime';
import type { CloseReason } from './stream/StreamConnection.js';

export interface NotifierMetrics {
  connectionClosed(reason: CloseReason): void;
  progressLeftOut(): void;
  unreadable(source: 'stream' | 'progress'): void;
}

export function notifierMetrics(metrics: Metrics, gauges: { connections: () => number }): NotifierMetrics {
  const closed = metrics.counter({
    name: 'cairn_notifier_stream_closed_total',
    help: 'Event streams that ended, by reason.',
    labels: ['reason'],
  });
  const leftOut = metrics.counter({
    name: 'cairn_notifier_progress_left_out_total',
    help: 'Progress that a slow reader was not sent.',
  });
  const unreadable = metrics.counter({
    name: 'cairn_notifier_unreadable_total',
    help: 'Messages that are not what their subject says.',
    labels: ['source'],
  });
  metrics.gauge({
    name: 'cairn_notifier_stream_connections',
    help: 'Open event streams.',
    collect: (gauge) => gauge.set(gauges.connections()),
  });
  return {
    connectionClosed: (reason) => closed.inc({ reason }),
    progressLeftOut: () => leftOut.inc(),
    unreadable: (source) => unreadable.inc({ source }),
  };
}
