import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeFailure } from './run/describeFailure.js';
import { runInProcesses, workInProcess } from './run/runInProcesses.js';
import { Tally } from './run/Tally.js';
import type { Work } from './run/Work.js';
import { runSeed } from './runSeed.js';
import { ALL_GUARDS, type Guards } from './world/Guards.js';

const SEEDS_DEFAULT = 1_000;
const SEEDS_MAX = 10_000_000;
const TRACE_LINES = 60;

const USAGE = `usage: npm run simulate -- [--seeds ${SEEDS_DEFAULT}] [--from 1] [--without <guard>]
       npm run simulate -- --seed <n>       the same again, with what happened last

The real doors, evaluators and relays, in a world whose time, order and faults come from a seed: crashes at every await, lost and doubled
answers, commits of unknown outcome, redelivery, zombies, clocks that jump. --without switches one of the guards off, to see that it is
missed: ${Object.keys(ALL_GUARDS).join(', ')}.`;

function fail(problem: string): never {
  process.stderr.write(`simulate: ${problem}\n\n${USAGE}\n`);
  process.exit(2);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: String(SEEDS_DEFAULT) },
        from: { type: 'string', default: '1' },
        seed: { type: 'string' },
        without: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function readCount(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > SEEDS_MAX) fail(`--${option} is a whole number from 1 to ${SEEDS_MAX}`);
  return count;
}

function guardsWithout(guard: string | undefined): Guards {
  if (guard === undefined) return ALL_GUARDS;
  if (!(guard in ALL_GUARDS)) fail(`there is no guard ${guard}: it is one of ${Object.keys(ALL_GUARDS).join(', ')}`);
  return { ...ALL_GUARDS, [guard]: false };
}

function commandFor(seed: number, guard: string | undefined): string {
  return `npm run simulate -- --seed ${seed}${guard === undefined ? '' : ` --without ${guard}`}`;
}

/** All seeds, on as many processors as there are. Answers whether all of them held. */
async function runAll(work: Work, guard: string | undefined): Promise<boolean> {
  const tally = new Tally({ from: work.from, seeds: work.seeds, again: (seed) => commandFor(seed, guard) });
  process.once('SIGINT', () => {
    process.stdout.write(`stopped: ${tally.summary()}; go on with --from ${tally.next}\n`);
    process.exit(130);
  });
  await runInProcesses({ ...work, file: fileURLToPath(import.meta.url) }, tally);
  process.stdout.write(`${tally.summary()}\n`);
  return tally.failures === 0;
}

async function main(): Promise<void> {
  const { seeds, from, seed, without, help } = readArguments();
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const guards = guardsWithout(without);
  if (seed === undefined) {
    const held = await runAll({ from: readCount('from', from), seeds: readCount('seeds', seeds), guards }, without);
    process.exitCode = held ? 0 : 1;
    return;
  }
  const outcome = await runSeed(readCount('seed', seed), guards);
  if (outcome.violations.length > 0)
    process.stdout.write(describeFailure(outcome, { traceLines: TRACE_LINES, again: commandFor(outcome.seed, without) }));
  else process.stdout.write(`seed ${seed} holds after ${outcome.steps} steps\n`);
  process.exitCode = outcome.violations.length === 0 ? 0 : 1;
}

if (process.argv[2] === '--work') workInProcess();
else await main();
