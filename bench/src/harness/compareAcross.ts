import type { BenchmarkResult } from './runGroup.js';

/** What the machine can do without Cairn, and what others do with the same work. */
const YARDSTICKS = ['limits/', 'peers/'];
/** What is held against them. */
const COMPARED = ['evaluator/', 'doors/'];

/**
 * Ratios between groups of one invocation, median over median: whatever runs events through Cairn, over all limits and peers that
 * were measured beside it.
 */
export function compareAcross(results: readonly BenchmarkResult[]): BenchmarkResult[] {
  const yardsticks = results.filter((result) => belongsTo(result, YARDSTICKS) && result.unit === 'events/s');
  return results.map((result) => {
    if (!belongsTo(result, COMPARED) || result.unit !== 'events/s') return result;
    const across = Object.fromEntries(yardsticks.map(({ name, median }) => [name, result.median / median]));
    return { ...result, ratios: { ...across, ...result.ratios } };
  });
}

function belongsTo({ name }: BenchmarkResult, groups: readonly string[]): boolean {
  return groups.some((group) => name.startsWith(group));
}
