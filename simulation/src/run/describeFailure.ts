import type { SeedOutcome } from '../runSeed.js';

/** What does not hold, what happened before that, and how to see it again. */
export function describeFailure({ seed, steps, violations, trace }: SeedOutcome, of: { traceLines: number; again: string }): string {
  const lines = [`seed ${seed} fails after ${steps} steps:`, ...violations.map((violation) => `  ${violation}`)];
  if (of.traceLines > 0) lines.push('  what happened last:', ...trace.slice(-of.traceLines).map((line) => `    ${line}`));
  return `${lines.join('\n')}\n  again: ${of.again}\n`;
}
