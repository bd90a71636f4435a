import { parseArgs } from 'node:util';
import { engineGroup } from './engine/engineGroup.js';
import type { BenchmarkGroup } from './harness/benchmark.js';
import { formatReport } from './harness/formatReport.js';
import { describeMachine } from './harness/machine.js';
import { type BenchmarkResult, runGroup } from './harness/runGroup.js';
import { evaluatorGroup } from './pipeline/evaluatorGroup.js';

const GROUPS: readonly BenchmarkGroup[] = [engineGroup, evaluatorGroup];
const RUNS_DEFAULT = 9;
const RUNS_MAX = 1_000;

const USAGE = `usage: npm run bench -- [group…] [--only <part of a name>] [--runs ${String(RUNS_DEFAULT)}] [--json]

${GROUPS.map(({ name, description }) => `  ${name.padEnd(10)} ${description}`).join('\n')}`;

function fail(problem: string): never {
  console.error(`${problem}\n\n${USAGE}`);
  process.exit(2);
}

function readArguments(): { groups: BenchmarkGroup[]; only: string; runs: number | undefined; json: boolean } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, runs: { type: 'string' }, only: { type: 'string', default: '' } },
  });
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  if (runs !== undefined && (!Number.isInteger(runs) || runs < 1 || runs > RUNS_MAX))
    fail(`--runs is a whole number from 1 to ${String(RUNS_MAX)}`);
  for (const name of positionals) if (!GROUPS.some((group) => group.name === name)) fail(`there is no group ${name}`);
  const groups = GROUPS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { groups, only: values.only, runs, json: values.json };
}

const { groups, only, runs, json } = readArguments();
const machine = describeMachine();
const results: BenchmarkResult[] = [];
for (const group of groups) {
  const benchmarks = group.benchmarks().filter(({ name }) => name.includes(only));
  const rounds = runs ?? group.runs ?? RUNS_DEFAULT;
  const onRound = (round: number): void => {
    process.stderr.write(`${group.name}: ${round === 0 ? 'warmed up' : `round ${String(round)} of ${String(rounds)}`}\n`);
  };
  results.push(...(await runGroup(benchmarks, { runs: rounds, warmsUp: group.warmsUp ?? true, onRound })));
}
if (results.length === 0) fail(`no benchmark has ${only} in its name`);
console.log(json ? JSON.stringify({ machine, results }, null, 2) : formatReport(machine, results));
