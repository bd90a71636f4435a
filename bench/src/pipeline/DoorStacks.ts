import type { CairnProcess } from '../chaos/CairnProcess.js';
import { standardPacks } from '../engine/standardPack.js';
import { BenchStack } from './BenchStack.js';

/** Servers with the standard achievements in effect, and a process for each half of Cairn that is measured. */
export interface DoorStack {
  stack: BenchStack;
  ingest: CairnProcess;
  evaluator: CairnProcess;
}

interface Started extends DoorStack {
  round: number;
}

/** What all doors of a round go through, one after the other; made anew for each round. One at a time is there. */
export class DoorStacks {
  readonly #achievements: number;
  #started: (Started & { syncInterval: string }) | undefined;

  constructor(options: { achievements: number }) {
    this.#achievements = options.achievements;
  }

  async of(round: number, syncInterval: string): Promise<DoorStack> {
    const present = this.#started;
    if (present?.round === round && present.syncInterval === syncInterval) return present;
    await this.stop();
    const stack = await BenchStack.start({ syncInterval });
    try {
      await stack.publish(standardPacks(this.#achievements));
      const evaluator = await stack.startCairn('rule-evaluator');
      const ingest = await stack.startCairn('ingest');
      this.#started = { round, syncInterval, stack, evaluator, ingest };
      return this.#started;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const present = this.#started;
    this.#started = undefined;
    await present?.stack.stop();
  }
}
