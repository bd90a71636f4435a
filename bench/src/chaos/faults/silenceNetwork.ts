import type { Fault } from './Fault.js';
import { pickLink } from './pickLink.js';

const SECONDS_MIN = 2;
const SECONDS_MAX = 12;
const BREAKS_SHARE = 0.5;

/** Connections stay open and nothing comes through; afterwards they break, or all of it arrives late. */
export const silenceNetwork: Fault = {
  name: 'network silent',
  run: async (context) => {
    const { world, random, wait } = context;
    const { name, links, server } = pickLink(context);
    const proxies = links.flatMap((link) => link.to(server));
    for (const proxy of proxies) proxy.hold();
    world.timeline.tell(`nothing comes through between ${name}`);
    try {
      await wait(SECONDS_MIN, SECONDS_MAX);
    } finally {
      if (random.chance(BREAKS_SHARE)) for (const proxy of proxies) proxy.cut();
      for (const link of links) link.heal();
    }
    world.timeline.tell(`everything comes through between ${name} again`);
  },
};
