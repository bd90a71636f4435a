import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runSeed, type SeedOutcome } from './runSeed.js';
import { ALL_GUARDS, type Guards } from './world/Guards.js';

const SEEDS_DEFAULT = 1_000;
const SEEDS_MAX = 10_000_000;
/** Seeds that a process is handed at once. */
const SEEDS_AT_ONCE = 25;
/** Failing seeds that are told of; the run ends with the last of them. */
const FAILURES_MAX = 5;
const TRACE_LINES = 60;
const PROGRESS_MS = 5_000;

const USAGE = `usage: npm run simulate -- [--seeds ${SEEDS_DEFAULT}] [--from 1] [--without <guard>]
       npm run simulate -- --seed <n>       the same again, with what happened last

The real doors, evaluators and relays, in a world whose time, order and faults come from a seed: crashes at every await, lost and doubled
answers, commits of unknown outcome, redelivery, zombies, clocks that jump. --without switches one of the guards off, to see that it is
missed: ${Object.keys(ALL_GUARDS).join(', ')}.`;

interface Work {
  from: number;
  seeds: number;
  guards: Guards;
}

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

/** What a child does: seed after seed, until it is told to end. */
function work(): void {
  process.on('message', ({ from, seeds, guards }: Work) => {
    void (async () => {
      const outcomes: SeedOutcome[] = [];
      for (let seed = from; seed < from + seeds; seed++) outcomes.push(await runSeed(seed, guards));
      process.send?.(outcomes);
    })();
  });
  process.on('disconnect', () => process.exit(0));
}

function report({ seed, steps, violations, trace }: SeedOutcome, traceLines: number): void {
  const lines = [`seed ${seed} fails after ${steps} steps:`, ...violations.map((violation) => `  ${violation}`)];
  if (traceLines > 0) lines.push('  what happened last:', ...trace.slice(-traceLines).map((line) => `    ${line}`));
  process.stdout.write(`${lines.join('\n')}\n  again: npm run simulate -- --seed ${seed}\n`);
}

/** All seeds, on as many processors as there are. Answers whether all of them held. */
async function runAll({ from, seeds, guards }: Work): Promise<boolean> {
  const started = performance.now();
  const total = { seeds: 0, steps: 0, stepsMin: Number.POSITIVE_INFINITY, failures: 0 };
  const seconds = (): string => ((performance.now() - started) / 1_000).toFixed(0);
  let next = from;
  let told = performance.now();
  const children = Array.from({ length: Math.min(availableParallelism(), Math.ceil(seeds / SEEDS_AT_ONCE)) }, () =>
    fork(fileURLToPath(import.meta.url), ['--work']),
  );
  const stop = (): void => {
    for (const child of children) child.kill();
  };
  process.once('SIGINT', () => {
    stop();
    process.stdout.write(`stopped: ${total.seeds} seeds, ${total.failures} failed; go on with --from ${from + total.seeds}\n`);
    process.exit(130);
  });
  await Promise.all(
    children.map(
      (child) =>
        new Promise<void>((resolve, reject) => {
          const hand = (): void => {
            const left = from + seeds - next;
            if (left <= 0 || total.failures >= FAILURES_MAX) {
              child.disconnect();
              resolve();
              return;
            }
            const some = Math.min(left, SEEDS_AT_ONCE);
            child.send({ from: next, seeds: some, guards } satisfies Work);
            next += some;
          };
          child.on('message', (outcomes: SeedOutcome[]) => {
            for (const outcome of outcomes) {
              total.seeds++;
              total.steps += outcome.steps;
              total.stepsMin = Math.min(total.stepsMin, outcome.steps);
              if (outcome.violations.length > 0 && ++total.failures <= FAILURES_MAX) report(outcome, 0);
            }
            if (performance.now() - told > PROGRESS_MS) {
              told = performance.now();
              process.stdout.write(`${total.seeds} of ${seeds} seeds in ${seconds()} s, ${total.failures} failed\n`);
            }
            hand();
          });
          child.once('exit', (code) => {
            if (code !== 0) reject(new Error(`a process of the simulation ended with ${code ?? 'a signal'}`));
          });
          hand();
        }),
    ),
  ).finally(stop);
  const { steps, stepsMin, failures } = total;
  process.stdout.write(
    `${total.seeds} seeds, ${steps} steps (at least ${stepsMin}, ${Math.round(steps / total.seeds)} on average), ${failures} failed, ${seconds()} s\n`,
  );
  return failures === 0;
}

async function main(): Promise<void> {
  const { seeds, from, seed, without, help } = readArguments();
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const guards = guardsWithout(without);
  if (seed === undefined) {
    const held = await runAll({ from: readCount('from', from), seeds: readCount('seeds', seeds), guards });
    process.exitCode = held ? 0 : 1;
    return;
  }
  const outcome = await runSeed(readCount('seed', seed), guards);
  if (outcome.violations.length > 0) report(outcome, TRACE_LINES);
  else process.stdout.write(`seed ${seed} holds after ${outcome.steps} steps\n`);
  process.exitCode = outcome.violations.length === 0 ? 0 : 1;
}

if (process.argv[2] === '--work') work();
else await main();
