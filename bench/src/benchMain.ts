import { parseArgs } from 'node:util';
import { engineGroup } from './engine/engineGroup.js';
import type { BenchmarkGroup } from './harness/benchmark.js';
import { formatReport } from './harness/formatReport.js';
import { describeMachine } from './harness/machine.js';
import { type BenchmarkResult, runGroup } from './harness/runGroup.js';
import { doorsGroup } from './pipeline/doorsGroup.js';
import { evaluatorGroup } from './pipeline/evaluatorGroup.js';
import { latencyGroup } from './pipeline/latencyGroup.js';

const GROUPS: readonly BenchmarkGroup[] = [engineGroup, evaluatorGroup, doorsGroup, latencyGroup];
const RUNS_DEFAULT = 9;
const RUNS_MAX = 1_000;
const SECONDS_MAX = 3_600;

const USAGE = `usage: npm run bench -- [group…] [--only <part of a name>] [--runs ${String(RUNS_DEFAULT)}] [--seconds 60] [--json]

${GROUPS.map(({ name, description }) => `  ${name.padEnd(10)} ${description}`).join('\n')}`;

function fail(problem: string): never {
  console.error(`${problem}\n\n${USAGE}`);
  process.exit(2);
}

interface Arguments {
  groups: BenchmarkGroup[];
  only: string;
  runs: number | undefined;
  seconds: number | undefined;
  json: boolean;
}

function readArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string' },
      seconds: { type: 'string' },
      only: { type: 'string', default: '' },
    },
  });
  const runs = readCount('runs', values.runs, RUNS_MAX);
  const seconds = readCount('seconds', values.seconds, SECONDS_MAX);
  for (const name of positionals) if (!GROUPS.some((group) => group.name === name)) fail(`there is no group ${name}`);
  const groups = GROUPS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  return { groups, only: values.only, runs, seconds, json: values.json };
}

function readCount(option: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > max) fail(`--${option} is a whole number from 1 to ${String(max)}`);
  return count;
}

const { groups, only, runs, seconds, json } = readArguments();
const machine = describeMachine();
const results: BenchmarkResult[] = [];
for (const group of groups) {
  const benchmarks = group.benchmarks({ seconds }).filter(({ name }) => name.includes(only));
  const rounds = runs ?? group.runs ?? RUNS_DEFAULT;
  const onRound = (round: number): void => {
    process.stderr.write(`${group.name}: ${round === 0 ? 'warmed up' : `round ${String(round)} of ${String(rounds)}`}\n`);
  };
  results.push(...(await runGroup(benchmarks, { runs: rounds, warmsUp: group.warmsUp ?? true, onRound })));
}
if (results.length === 0) fail(`no benchmark has ${only} in its name`);
console.log(json ? JSON.stringify({ machine, results }, null, 2) : formatReport(machine, results));
