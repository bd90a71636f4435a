import type { Fault } from './Fault.js';

/** All that do the same, instead of one of them. */
const ALL_SHARE = 0.1;

/** `kill -9` of a process of Cairn, or at times of all that do the same. It comes up again by itself. */
export const killProcess: Fault = {
  name: 'kill -9',
  run: ({ world, random }) => {
    const one = random.pick(world.processes);
    const victims = random.chance(ALL_SHARE) ? world.processesOf(one.target) : [one];
    for (const victim of victims) {
      victim.kill();
      world.timeline.kills++;
    }
    world.timeline.tell(`kill -9 of ${victims.map(({ name }) => name).join(', ')}`);
    return Promise.resolve();
  },
};
