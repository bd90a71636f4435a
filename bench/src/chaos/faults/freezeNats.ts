import type { Fault } from './Fault.js';

const SECONDS_MIN = 1;
const SECONDS_MAX = 6;

/** A nats-server that answers nothing, and whose connections stay open. */
export const freezeNats: Fault = {
  name: 'nats-server frozen',
  run: async ({ world, random, wait }) => {
    const server = random.below(world.nats.size);
    world.nats.signal(server, 'SIGSTOP');
    world.timeline.tell(`SIGSTOP of ${world.nats.nameOf(server)}`);
    try {
      await wait(SECONDS_MIN, SECONDS_MAX);
    } finally {
      world.nats.signal(server, 'SIGCONT');
    }
    await world.nats.ready();
    world.timeline.tell(`SIGCONT of ${world.nats.nameOf(server)}`);
  },
};
