/** One thing that is measured: made ready once, then run again and again. */
export interface Benchmark {
  /** `area/what`, the same for ever: results of different days are compared by it. */
  name: string;
  unit: string;
  /** What the number depends on, such as how much work a run is. */
  settings: Readonly<Record<string, string | number>>;
  /** Names of benchmarks of the same group that it is held against, run by run. */
  comparedTo?: readonly string[];
  /** What is not to be measured; gives the function that measures itself once and answers in `unit`. */
  prepare(): Run | Promise<Run>;
}

export type Run = () => number | Promise<number>;

/** Benchmarks that are run in turns, so that what else the machine does falls on all of them alike. */
export interface BenchmarkGroup {
  name: string;
  description: string;
  benchmarks(): readonly Benchmark[];
}
