import type { Benchmark, Measured, Run } from './benchmark.js';
import { median } from './median.js';

export interface BenchmarkResult {
  name: string;
  unit: string;
  median: number;
  min: number;
  max: number;
  runs: number;
  settings: Readonly<Record<string, string | number>>;
  /** By the name of another benchmark: the median of this one's number over the other's, round by round. */
  ratios: Record<string, number>;
  /** The part of the processor time that each kind of process took, all runs together. */
  processor_share?: Record<string, number>;
  /** The processor time that each kind of process took for one event, all runs together. */
  processor_micros_per_event?: Record<string, number>;
}

interface Prepared {
  benchmark: Benchmark;
  run: Run;
  /** By what each number is called behind the name of the benchmark; the empty text where there is one alone. */
  measured: Map<string, number[]>;
  processor: Map<string, number>;
}

/** Runs each of the benchmarks in every one of `runs` rounds, and before that all of them once to warm up, where wanted. */
export async function runGroup(
  benchmarks: readonly Benchmark[],
  { runs, warmsUp, onRound }: { runs: number; warmsUp: boolean; onRound: (round: number) => void },
): Promise<BenchmarkResult[]> {
  const prepared: Prepared[] = [];
  for (const benchmark of benchmarks)
    prepared.push({ benchmark, run: await benchmark.prepare(), measured: new Map(), processor: new Map() });
  try {
    for (let round = warmsUp ? 0 : 1; round <= runs; round++) {
      for (const one of prepared) {
        const result = await one.run();
        if (round > 0) note(one, result);
      }
      onRound(round);
    }
  } finally {
    for (const benchmark of benchmarks) await benchmark.finish?.();
  }
  const numbers = new Map(prepared.flatMap((one) => [...one.measured].map(([part, all]) => [nameOf(one, part), all] as const)));
  return prepared.flatMap((one) => [...one.measured.keys()].map((part) => resultOf(one, { part, runs, numbers })));
}

function note({ measured, processor }: Prepared, result: Measured): void {
  const value = typeof result === 'number' ? result : result.value;
  for (const [part, number] of Object.entries(typeof value === 'number' ? { '': value } : value)) {
    measured.set(part, [...(measured.get(part) ?? []), number]);
  }
  if (typeof result !== 'number') addUp(processor, result.processor);
}

function nameOf({ benchmark }: Prepared, part: string): string {
  return part === '' ? benchmark.name : `${benchmark.name}/${part}`;
}

interface Numbers {
  part: string;
  runs: number;
  numbers: ReadonlyMap<string, readonly number[]>;
}

function resultOf(one: Prepared, { part, runs, numbers }: Numbers): BenchmarkResult {
  const { benchmark, processor } = one;
  const name = nameOf(one, part);
  const measured = numbers.get(name) ?? [];
  const { unit, unitOf, settings, events } = benchmark;
  return {
    name,
    unit: unitOf?.[part] ?? unit,
    median: median(measured),
    min: Math.min(...measured),
    max: Math.max(...measured),
    runs,
    settings,
    ratios: ratiosOf(one, part, numbers),
    ...(processor.size === 0 ? {} : { processor_share: sharesOf(processor) }),
    ...(processor.size === 0 || events === undefined ? {} : { processor_micros_per_event: microsOf(processor, events * runs) }),
  };
}

function addUp(sums: Map<string, number>, seconds: Readonly<Record<string, number>>): void {
  for (const [kind, used] of Object.entries(seconds)) sums.set(kind, (sums.get(kind) ?? 0) + used);
}

function sharesOf(seconds: ReadonlyMap<string, number>): Record<string, number> {
  const total = [...seconds.values()].reduce((sum, used) => sum + used, 0);
  return Object.fromEntries([...seconds].map(([kind, used]) => [kind, total === 0 ? 0 : used / total]));
}

function microsOf(seconds: ReadonlyMap<string, number>, events: number): Record<string, number> {
  return Object.fromEntries([...seconds].map(([kind, used]) => [kind, (used * 1e6) / events]));
}

/** A part is held against the same part of the other, where that has one. */
function ratiosOf({ benchmark, measured }: Prepared, part: string, numbers: Numbers['numbers']): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const other of benchmark.comparedTo ?? []) {
    const name = numbers.has(`${other}/${part}`) ? `${other}/${part}` : other;
    const others = numbers.get(name);
    // It may have been left out.
    if (others === undefined) continue;
    ratios[name] = median((measured.get(part) ?? []).map((value, round) => value / (others[round] ?? Number.NaN)));
  }
  return ratios;
}
