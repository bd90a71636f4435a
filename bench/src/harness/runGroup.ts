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
  /** The part of the processor time that each kind of process took, all runs together. */
  processor_share?: Record<string, number>;
}

interface Prepared {
  benchmark: Benchmark;
  run: Run;
  measured: number[];
  processor: Map<string, number>;
}

/** Runs each of the benchmarks in every one of `runs` rounds, and before that all of them once to warm up, where wanted. */
export async function runGroup(
  benchmarks: readonly Benchmark[],
  { runs, warmsUp, onRound }: { runs: number; warmsUp: boolean; onRound: (round: number) => void },
): Promise<BenchmarkResult[]> {
  const prepared: Prepared[] = [];
  for (const benchmark of benchmarks) prepared.push({ benchmark, run: await benchmark.prepare(), measured: [], processor: new Map() });
  for (let round = warmsUp ? 0 : 1; round <= runs; round++) {
    for (const { run, measured, processor } of prepared) {
      const result = await run();
      if (round === 0) continue;
      measured.push(typeof result === 'number' ? result : result.value);
      if (typeof result !== 'number') addUp(processor, result.processor);
    }
    onRound(round);
  }
  return prepared.map(({ benchmark, measured, processor }) => ({
    name: benchmark.name,
    unit: benchmark.unit,
    median: median(measured),
    min: Math.min(...measured),
    max: Math.max(...measured),
    runs,
    settings: benchmark.settings,
    ratios: ratiosOf(benchmark, measured, prepared),
    ...(processor.size === 0 ? {} : { processor_share: sharesOf(processor) }),
  }));
}

function addUp(sums: Map<string, number>, seconds: Readonly<Record<string, number>>): void {
  for (const [kind, used] of Object.entries(seconds)) sums.set(kind, (sums.get(kind) ?? 0) + used);
}

function sharesOf(seconds: ReadonlyMap<string, number>): Record<string, number> {
  const total = [...seconds.values()].reduce((sum, used) => sum + used, 0);
  return Object.fromEntries([...seconds].map(([kind, used]) => [kind, total === 0 ? 0 : used / total]));
}

function ratiosOf({ comparedTo = [] }: Benchmark, measured: readonly number[], all: readonly Prepared[]): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const name of comparedTo) {
    const other = all.find(({ benchmark }) => benchmark.name === name);
    // It may have been left out.
    if (other === undefined) continue;
    ratios[name] = median(measured.map((value, round) => value / (other.measured[round] ?? Number.NaN)));
  }
  return ratios;
}
