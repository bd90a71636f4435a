import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { runSeed, type SeedOutcome } from '../runSeed.js';
import type { Tally } from './Tally.js';
import type { Work } from './Work.js';

/** Seeds that a process is handed at once. */
const SEEDS_AT_ONCE = 25;
/** Where a world was made of what is short-lived, a larger young generation is swept more rarely. */
const YOUNG_MB = 64;

/** Each process takes the next few seeds as soon as it is done with some. */
export async function runInProcesses({ file, from, seeds, guards }: Work & { file: string }, tally: Tally): Promise<void> {
  let next = from;
  const hand = (child: ChildProcess): boolean => {
    const some = Math.min(from + seeds - next, SEEDS_AT_ONCE);
    if (some <= 0 || tally.isOver) return false;
    child.send({ from: next, seeds: some, guards } satisfies Work);
    next += some;
    return true;
  };
  const execArgv = [`--max-semi-space-size=${YOUNG_MB}`];
  const children = Array.from({ length: Math.min(availableParallelism(), Math.ceil(seeds / SEEDS_AT_ONCE)) }, () =>
    fork(file, ['--work'], { execArgv }),
  );
  try {
    await Promise.all(children.map((child) => untilDone(child, { tally, hand: () => hand(child) })));
  } finally {
    for (const child of children) child.kill();
  }
}

function untilDone(child: ChildProcess, of: { tally: Tally; hand(): boolean }): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const goOn = (): void => {
      if (of.hand()) return;
      child.disconnect();
      resolve();
    };
    child.on('message', (outcomes: SeedOutcome[]) => {
      of.tally.take(outcomes);
      goOn();
    });
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`a process of the simulation ended with ${code ?? 'a signal'}`));
    });
    goOn();
  });
}

/** What such a process does: seed after seed, until it is told to end. */
export function workInProcess(): void {
  process.on('message', ({ from, seeds, guards }: Work) => {
    void (async () => {
      const outcomes: SeedOutcome[] = [];
      for (let seed = from; seed < from + seeds; seed++) outcomes.push(await runSeed(seed, guards));
      process.send?.(outcomes);
    })();
  });
  process.on('disconnect', () => process.exit(0));
}
