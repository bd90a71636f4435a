import type { SeededRandom } from '@cairn/testing/random';
import type { ChaosWorld } from '../world/ChaosWorld.js';

export interface FaultContext {
  world: ChaosWorld;
  random: SeededRandom;
  /** Between these many seconds. */
  wait(secondsMin: number, secondsMax: number): Promise<void>;
}

/** Something that goes wrong, and is over when the promise resolves. */
export interface Fault {
  name: string;
  run(context: FaultContext): Promise<void>;
}
