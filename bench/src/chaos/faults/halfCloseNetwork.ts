import type { Direction } from '../world/TcpProxy.js';
import type { Fault } from './Fault.js';
import { pickLink } from './pickLink.js';

const DIRECTIONS: readonly Direction[] = ['to-server', 'to-client'];
const SECONDS_MAX = 5;

/** One end of the connections is told that no more comes, while the other goes on as if nothing had been. */
export const halfCloseNetwork: Fault = {
  name: 'network half closed',
  run: async (context) => {
    const { world, random, wait } = context;
    const { name, links, server } = pickLink(context);
    const direction = random.pick(DIRECTIONS);
    const proxies = links.flatMap((link) => link.to(server));
    for (const proxy of proxies) proxy.halfClose(direction);
    world.timeline.tell(`half closed ${direction} between ${name}`);
    await wait(1, SECONDS_MAX);
    // What nobody has given up by now stays half open for ever: a network does not do that.
    for (const proxy of proxies) proxy.cutHalfClosed();
  },
};
