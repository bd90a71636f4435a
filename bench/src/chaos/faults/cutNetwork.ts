import type { Fault } from './Fault.js';
import { pickLink } from './pickLink.js';

const SECONDS_MAX = 8;
const REFUSES_SHARE = 0.6;

/** Connections break, and at times no new ones are to be had for a while. */
export const cutNetwork: Fault = {
  name: 'network cut',
  run: async (context) => {
    const { world, random, wait } = context;
    const { name, links, server } = pickLink(context);
    const proxies = links.flatMap((link) => link.to(server));
    const refuses = random.chance(REFUSES_SHARE);
    if (refuses) for (const proxy of proxies) proxy.refuse();
    for (const proxy of proxies) proxy.cut();
    world.timeline.tell(`${refuses ? 'no' : 'broken'} connections between ${name}`);
    if (!refuses) return;
    try {
      await wait(1, SECONDS_MAX);
    } finally {
      for (const link of links) link.heal();
    }
    world.timeline.tell(`connections between ${name} again`);
  },
};
