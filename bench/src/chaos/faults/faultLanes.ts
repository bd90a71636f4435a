import { setTimeout as delay } from 'node:timers/promises';
import { SeededRandom } from '@cairn/testing/random';
import type { ChaosWorld } from '../world/ChaosWorld.js';
import { cutNetwork } from './cutNetwork.js';
import { delayNetwork } from './delayNetwork.js';
import { endNats } from './endNats.js';
import { endPostgres } from './endPostgres.js';
import type { Fault, FaultContext } from './Fault.js';
import { fillDisk } from './fillDisk.js';
import { freezeNats } from './freezeNats.js';
import { freezeProcess } from './freezeProcess.js';
import { halfCloseNetwork } from './halfCloseNetwork.js';
import { killProcess } from './killProcess.js';
import { limitStream } from './limitStream.js';
import { refuseDatabase } from './refuseDatabase.js';
import { restartProcess } from './restartProcess.js';
import { silenceNetwork } from './silenceNetwork.js';

const SECOND_MS = 1_000;
/** Between two kills, so that there are three hundred of them in a quarter of an hour. */
const KILL_PAUSE_SECONDS_MIN = 1;
const KILL_PAUSE_SECONDS_MAX = 5;
/** Between two of the others, so that something gets done in between. */
const PAUSE_SECONDS_MIN = 1;
const PAUSE_SECONDS_MAX = 5;
const DISTURBANCES: readonly Fault[] = [
  endNats,
  freezeProcess,
  endPostgres,
  cutNetwork,
  refuseDatabase,
  silenceNetwork,
  limitStream,
  halfCloseNetwork,
  fillDisk,
  delayNetwork,
  freezeNats,
  restartProcess,
];

/** Kills processes, and beside that brings about one fault after the other, until it is told to stop; then all is whole again. */
export async function faultLanes(of: { world: ChaosWorld; seed: number; stop: AbortSignal }): Promise<void> {
  await Promise.all([killAgainAndAgain(of), disturbAgainAndAgain(of)]);
}

async function killAgainAndAgain({ world, seed, stop }: Parameters<typeof faultLanes>[0]): Promise<void> {
  const context = contextOf(world, new SeededRandom(seed));
  while (!stop.aborted) {
    await bringAbout(killProcess, context);
    await context.wait(KILL_PAUSE_SECONDS_MIN, KILL_PAUSE_SECONDS_MAX);
  }
}

/** Each of them once in a round, in another order each time. */
async function disturbAgainAndAgain({ world, seed, stop }: Parameters<typeof faultLanes>[0]): Promise<void> {
  const context = contextOf(world, new SeededRandom(seed + 1));
  while (!stop.aborted) {
    for (const fault of shuffled(DISTURBANCES, context.random)) {
      if (stop.aborted) return;
      await bringAbout(fault, context);
      await context.wait(PAUSE_SECONDS_MIN, PAUSE_SECONDS_MAX);
    }
  }
}

async function bringAbout(fault: Fault, context: FaultContext): Promise<void> {
  context.world.timeline.count(fault.name);
  await fault.run(context);
}

function contextOf(world: ChaosWorld, random: SeededRandom): FaultContext {
  return { world, random, wait: (min, max) => delay(random.between(min, max) * SECOND_MS) };
}

function shuffled<T>(list: readonly T[], random: SeededRandom): T[] {
  return list
    .map((item) => ({ item, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
