import type { Fault } from './Fault.js';

/** Longer than the lease of an evaluator (6 s): it wakes up as the owner of what is somebody else's by then. */
const SECONDS_MIN = 7;
const SECONDS_MAX = 11;
const EVALUATOR_SHARE = 0.6;

/** SIGSTOP, and SIGCONT when everybody has gone on without it. */
export const freezeProcess: Fault = {
  name: 'SIGSTOP',
  run: async ({ world, random, wait }) => {
    const victim = random.pick(random.chance(EVALUATOR_SHARE) ? world.processesOf('rule-evaluator') : world.processes);
    victim.freeze();
    world.timeline.tell(`SIGSTOP of ${victim.name}`);
    try {
      await wait(SECONDS_MIN, SECONDS_MAX);
    } finally {
      victim.thaw();
    }
    world.timeline.tell(`SIGCONT of ${victim.name}`);
  },
};
