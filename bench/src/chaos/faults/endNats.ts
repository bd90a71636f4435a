import type { Fault } from './Fault.js';

const DOWN_SECONDS_MIN = 0.2;
const DOWN_SECONDS_MAX = 4;
const KILL_SHARE = 0.7;
/** Of a cluster; one that stands by itself is always all of it. */
const ALL_SHARE = 0.3;

/** A nats-server is killed or stopped, at times all of a cluster, and started again. */
export const endNats: Fault = {
  name: 'nats-server down',
  run: async ({ world, random, wait }) => {
    const { nats, timeline } = world;
    const all = Array.from({ length: nats.size }, (_, server) => server);
    const victims = random.chance(ALL_SHARE) ? all : [random.pick(all)];
    const signal = random.chance(KILL_SHARE) ? 'SIGKILL' : 'SIGTERM';
    const names = victims.map((server) => nats.nameOf(server)).join(', ');
    if (signal === 'SIGKILL') timeline.kills += victims.length;
    timeline.tell(`${signal} to ${names}`);
    await Promise.all(victims.map((server) => nats.end(server, signal)));
    try {
      await wait(DOWN_SECONDS_MIN, DOWN_SECONDS_MAX);
    } finally {
      for (const server of victims) await nats.startServer(server);
    }
    await nats.ready();
    timeline.tell(`${names} up again`);
  },
};
