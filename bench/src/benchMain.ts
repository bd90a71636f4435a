import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { keepResults } from './docs/keptResults.js';
import { writeTables } from './docs/writeTables.js';
import { durabilityGroup } from './durability/durabilityGroup.js';
import { engineGroup } from './engine/engineGroup.js';
import { growthGroup } from './growth/growthGroup.js';
import { handoverGroup } from './handover/handoverGroup.js';
import type { BenchmarkGroup } from './harness/benchmark.js';
import { compareAcross } from './harness/compareAcross.js';
import { formatReport } from './harness/formatReport.js';
import { describeMachine } from './harness/machine.js';
import { type BenchmarkResult, runGroup } from './harness/runGroup.js';
import { watchSignals } from './harness/stopOnSignal.js';
import { limitsGroup } from './limits/limitsGroup.js';
import { memoryGroup } from './memory/memoryGroup.js';
import { peersGroup } from './peers/peersGroup.js';
import { doorsGroup } from './pipeline/doorsGroup.js';
import { evaluatorGroup } from './pipeline/evaluatorGroup.js';
import { latencyGroup } from './pipeline/latencyGroup.js';
import { type Arguments, RUNS_DEFAULT, readArguments, UsageError, usage } from './readArguments.js';

const GROUPS: readonly BenchmarkGroup[] = [
  engineGroup,
  evaluatorGroup,
  doorsGroup,
  latencyGroup,
  limitsGroup,
  peersGroup,
  growthGroup,
  handoverGroup,
  durabilityGroup,
  memoryGroup,
];
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RESULTS = fileURLToPath(new URL('../results', import.meta.url));

async function measure({ groups, only, runs, ...options }: Arguments): Promise<BenchmarkResult[]> {
  const results: BenchmarkResult[] = [];
  for (const group of groups) {
    const benchmarks = group.benchmarks(options).filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
    if (benchmarks.length === 0) continue;
    const rounds = runs ?? group.runs ?? RUNS_DEFAULT;
    const onRound = (round: number): void => {
      process.stderr.write(`${group.name}: ${round === 0 ? 'warmed up' : `round ${String(round)} of ${String(rounds)}`}\n`);
    };
    results.push(...(await runGroup(benchmarks, { runs: rounds, warmsUp: group.warmsUp ?? true, onRound })));
  }
  if (results.length === 0) throw new UsageError(`no benchmark has ${only.join(' or ')} in its name`);
  return compareAcross(results);
}

async function tables(checkOnly: boolean): Promise<void> {
  for (const page of await writeTables(ROOT, { results: RESULTS, checkOnly })) {
    process.stderr.write(checkOnly ? `${page} does not show the results that are kept: npm run bench -- --docs\n` : `wrote ${page}\n`);
    if (checkOnly) process.exitCode = 1;
  }
}

async function main(wanted: Arguments): Promise<void> {
  if (wanted.tables !== null) return tables(wanted.tables === 'check');
  const machine = await describeMachine();
  const [loadBefore = 0] = loadavg();
  const results = await measure(wanted);
  console.log(wanted.json ? JSON.stringify({ machine, results }, null, 2) : formatReport(machine, results));
  if (!wanted.keep) return;
  const words = process.argv.slice(2).filter((word) => word !== '--json');
  await keepResults(RESULTS, { machine, command: `npm run bench -- ${words.join(' ')}`, loadBefore, results });
  await tables(false);
}

watchSignals();
try {
  await main(readArguments(GROUPS));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${usage(GROUPS)}`);
  process.exitCode = 2;
}
