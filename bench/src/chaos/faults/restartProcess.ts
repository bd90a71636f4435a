import type { Fault } from './Fault.js';

/** SIGTERM, as when a new version is rolled out. */
export const restartProcess: Fault = {
  name: 'restart',
  run: ({ world, random }) => {
    const victim = random.pick(world.processes);
    victim.restart();
    world.timeline.tell(`SIGTERM to ${victim.name}`);
    return Promise.resolve();
  },
};
