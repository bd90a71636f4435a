/** One thing that is measured: made ready once, then run again and again. */
export interface Benchmark {
  /** `area/what`, the same for ever: results of different days are compared by it. */
  name: string;
  unit: string;
  /** Of parts that are measured in something else. */
  unitOf?: Readonly<Record<string, string>>;
  /** What the number depends on, such as how much work a run is. */
  settings: Readonly<Record<string, string | number>>;
  /** How many events one run is, where the processor time of each is to be said. */
  events?: number;
  /** Names of benchmarks of the same group that it is held against, run by run. */
  comparedTo?: readonly string[];
  /** What is not to be measured; gives the function that measures itself once and answers in `unit`. */
  prepare(): Run | Promise<Run>;
  /** After its last run: takes down what its runs have left to the next. */
  finish?(): Promise<void>;
}

export type Run = () => Measured | Promise<Measured>;

/**
 * The number, or several from the same run, each by what it is called behind the name of the benchmark; and where several
 * processes worked for it the seconds of processor time that each kind of them took.
 */
export type Measured = number | { value: number | Readonly<Record<string, number>>; processor: Readonly<Record<string, number>> };

/** What whoever runs them may choose. */
export interface GroupOptions {
  /** Of benchmarks that measure over a time of their own. */
  seconds?: number | undefined;
  /** Of benchmarks whose length is a number of events. */
  events?: number | undefined;
  /** All sizes, where there are some that take long. */
  full: boolean;
  /** Where the time goes as well, at the price of a little of it. */
  trace: boolean;
}

/** Benchmarks that are run in turns, so that what else the machine does falls on all of them alike. */
export interface BenchmarkGroup {
  name: string;
  description: string;
  /** How often each is run where nobody says; those that take long say less than the others. */
  runs?: number;
  /** Whether one round goes before that is not counted; not needed where every run starts processes of its own. */
  warmsUp?: boolean;
  benchmarks(options: GroupOptions): readonly Benchmark[];
}
