import type { Fault } from './Fault.js';

const DOWN_SECONDS_MAX = 4;
const KILL_SHARE = 0.6;

/** PostgreSQL is killed and stays away for a while, or is restarted in an orderly way. */
export const endPostgres: Fault = {
  name: 'PostgreSQL down',
  run: async ({ world, random, wait }) => {
    const { postgres, timeline } = world;
    if (random.chance(KILL_SHARE)) {
      timeline.kills++;
      timeline.tell('kill -9 of PostgreSQL');
      await postgres.kill();
      await wait(0, DOWN_SECONDS_MAX);
    } else timeline.tell('PostgreSQL restarts');
    await postgres.restart();
    timeline.tell('PostgreSQL up again');
  },
};
