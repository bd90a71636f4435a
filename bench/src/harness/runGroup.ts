import type { Benchmark, Run } from './benchmark.js';
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
}

interface Prepared {
  benchmark: Benchmark;
  run: Run;
  measured: number[];
}

/** Runs all benchmarks once to warm up, then each of them in every one of `runs` rounds. */
export async function runGroup(
  benchmarks: readonly Benchmark[],
  { runs, onRound }: { runs: number; onRound: (round: number) => void },
): Promise<BenchmarkResult[]> {
  const prepared: Prepared[] = [];
  for (const benchmark of benchmarks) prepared.push({ benchmark, run: await benchmark.prepare(), measured: [] });
  for (let round = 0; round <= runs; round++) {
    for (const { run, measured } of prepared) {
      const value = await run();
      if (round > 0) measured.push(value);
    }
    onRound(round);
  }
  return prepared.map(({ benchmark, measured }) => ({
    name: benchmark.name,
    unit: benchmark.unit,
    median: median(measured),
    min: Math.min(...measured),
    max: Math.max(...measured),
    runs,
    settings: benchmark.settings,
    ratios: ratiosOf(benchmark, measured, prepared),
  }));
}

function ratiosOf({ comparedTo = [] }: Benchmark, measured: readonly number[], all: readonly Prepared[]): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const name of comparedTo) {
    const other = all.find(({ benchmark }) => benchmark.name === name);
    if (other === undefined) throw new Error(`there is no benchmark ${name} to compare to`);
    ratios[name] = median(measured.map((value, round) => value / (other.measured[round] ?? Number.NaN)));
  }
  return ratios;
}
