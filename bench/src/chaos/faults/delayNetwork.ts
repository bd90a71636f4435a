import type { Fault } from './Fault.js';
import { pickLink } from './pickLink.js';

const DELAY_MS_MIN = 20;
const DELAY_MS_MAX = 400;
const SECONDS_MIN = 3;
const SECONDS_MAX = 10;

/** Everything takes longer on the way there, and on the way back. */
export const delayNetwork: Fault = {
  name: 'network slow',
  run: async (context) => {
    const { world, random, wait } = context;
    const { name, links, server } = pickLink(context);
    const ms = Math.round(random.between(DELAY_MS_MIN, DELAY_MS_MAX));
    for (const proxy of links.flatMap((link) => link.to(server))) proxy.delay(ms);
    world.timeline.tell(`${String(ms)} ms each way between ${name}`);
    try {
      await wait(SECONDS_MIN, SECONDS_MAX);
    } finally {
      for (const link of links) link.heal();
    }
    world.timeline.tell(`no delay between ${name} any more`);
  },
};
