import type { Machine } from './machine.js';
import type { BenchmarkResult } from './runGroup.js';

const GIB = 2 ** 30;

/** The results for people: the machine, then two lines for each. */
export function formatReport(machine: Machine, results: readonly BenchmarkResult[]): string {
  const lines = [describe(machine), ''];
  const width = Math.max(...results.map(({ name }) => name.length));
  for (const [i, result] of results.entries()) {
    const spread = `${formatNumber(result.min)} – ${formatNumber(result.max)}`;
    lines.push(
      `${result.name.padEnd(width)}  ${formatNumber(result.median)} ${result.unit}  (${spread}, median of ${String(result.runs)} runs)`,
    );
    const details = formatDetails(result);
    const next = results[i + 1];
    // Parts of one benchmark have them in common: once, below the last.
    if (next === undefined || formatDetails(next) !== details) lines.push(`${' '.repeat(width)}  ${details}`);
  }
  return lines.join('\n');
}

/** One line: processor, memory, system, versions. */
export function describe({ cpu, cores, memory_bytes: memory, os, versions }: Machine): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cpu}, ${String(cores)} cores, ${(memory / GIB).toFixed(1)} GiB · ${os} · ${programs.join(', ')}`;
}

function formatDetails(result: BenchmarkResult): string {
  const { settings, ratios, processor_share: shares = {}, processor_micros_per_event: micros = {} } = result;
  const set = Object.entries(settings).map(([name, value]) => `${name} ${typeof value === 'number' ? formatNumber(value) : value}`);
  const compared = Object.entries(ratios).map(([name, ratio]) => `${ratio.toFixed(3)} × ${name}`);
  const worked = Object.entries(shares).map(([kind, share]) => `${(share * 100).toFixed(0)} % ${kind}`);
  const took = Object.entries(micros).map(([kind, used]) => `${kind} ${formatNumber(used)} µs an event`);
  return [...set, ...compared, ...worked, ...took].join(' · ');
}

export function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 1_000 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
