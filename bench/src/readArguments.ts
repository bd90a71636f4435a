import { parseArgs } from 'node:util';
import type { BenchmarkGroup, GroupOptions } from './harness/benchmark.js';

export const RUNS_DEFAULT = 9;
const RUNS_MAX = 1_000;
const SECONDS_MAX = 3_600;
const EVENTS_MAX = 100_000_000;

export interface Arguments extends GroupOptions {
  groups: BenchmarkGroup[];
  /** Parts of names, of which one must be in the name. */
  only: readonly string[];
  runs: number | undefined;
  json: boolean;
  keep: boolean;
  tables: 'write' | 'check' | null;
}

/** What the command was told to do, or why it cannot. */
export class UsageError extends Error {
  readonly code = 'usage';
}

/** @throws UsageError */
export function readArguments(all: readonly BenchmarkGroup[]): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      docs: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      runs: { type: 'string' },
      seconds: { type: 'string' },
      events: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  for (const name of positionals) if (!all.some((group) => group.name === name)) throw new UsageError(`there is no group ${name}`);
  return {
    groups: all.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
    only: values.only,
    runs: readCount('runs', values.runs, RUNS_MAX),
    seconds: readCount('seconds', values.seconds, SECONDS_MAX),
    events: readCount('events', values.events, EVENTS_MAX),
    full: values.full,
    trace: values.trace,
    json: values.json,
    keep: values.keep,
    tables: values.docs ? (values.check ? 'check' : 'write') : null,
  };
}

export function usage(all: readonly BenchmarkGroup[]): string {
  return `usage: npm run bench -- [group…] [--only <part of a name>]… [--runs ${String(RUNS_DEFAULT)}] [--seconds 60] [--events n] [--full] [--trace] [--json] [--keep]
       npm run bench -- --docs [--check]

${all.map(({ name, description }) => `  ${name.padEnd(10)} ${description}`).join('\n')}

  --full     all sizes of growth, and all events for peers: takes an hour
  --trace    says of latency on which part of the way it comes about, and what it is once all is warm
  --keep     keeps the results in bench/results, and writes the tables of the documentation anew
  --docs     measures nothing, and writes the tables from the results that are kept; with --check it only compares`;
}

function readCount(option: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > max) throw new UsageError(`--${option} is a whole number from 1 to ${String(max)}`);
  return count;
}
