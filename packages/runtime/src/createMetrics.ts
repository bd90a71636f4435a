import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Everything that Cairn measures is named `cairn_…`. */
export type MetricName = `cairn_${string}`;

export interface MetricOptions<L extends string> {
  name: MetricName;
  help: string;
  labels?: readonly L[];
}

/** The metrics of one process. A name that was asked for before gives the same metric again. */
export interface Metrics {
  registry: Registry;
  counter<L extends string = never>(options: MetricOptions<L>): Counter<L>;
  /** `collect` is called at each scrape, to set what is not worth keeping up to date in between. */
  gauge<L extends string = never>(options: MetricOptions<L> & { collect?: (gauge: Gauge<L>) => void | Promise<void> }): Gauge<L>;
  /** Durations are in seconds, with a name that ends in `_seconds`. */
  histogram<L extends string = never>(options: MetricOptions<L> & { buckets?: readonly number[] }): Histogram<L>;
}

/** Seconds, from what a warm hit takes to what a caller gives up at. */
const SECONDS_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** @param options `processMetrics` (default true): those of Node and the process as well. */
export function createMetrics(options: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  return {
    registry,
    counter<L extends string>({ name, help, labels = [] }: MetricOptions<L>): Counter<L> {
      const known = registry.getSingleMetric(name) as Counter<L> | undefined;
      return known ?? new Counter<L>({ name, help, labelNames: [...labels], registers: [registry] });
    },
    gauge<L extends string>({
      name,
      help,
      labels = [],
      collect,
    }: MetricOptions<L> & { collect?: (gauge: Gauge<L>) => void | Promise<void> }): Gauge<L> {
      const known = registry.getSingleMetric(name) as Gauge<L> | undefined;
      if (known !== undefined) return known;
      const gauge: Gauge<L> = new Gauge<L>({
        name,
        help,
        labelNames: [...labels],
        registers: [registry],
        ...(collect === undefined ? {} : { collect: () => collect(gauge) }),
      });
      return gauge;
    },
    histogram<L extends string>({
      name,
      help,
      labels = [],
      buckets = SECONDS_BUCKETS,
    }: MetricOptions<L> & { buckets?: readonly number[] }): Histogram<L> {
      const known = registry.getSingleMetric(name) as Histogram<L> | undefined;
      return known ?? new Histogram<L>({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] });
    },
  };
}
