import type { LinkedServer, ProcessLinks } from '../world/ProcessLinks.js';
import type { FaultContext } from './Fault.js';

const SERVERS: readonly LinkedServer[] = ['nats', 'postgres', 'both'];
const ALL_SHARE = 0.2;

/** Whose network it is this time, and to which servers. */
export function pickLink({ world, random }: FaultContext): { name: string; links: readonly ProcessLinks[]; server: LinkedServer } {
  const anyServer = random.pick(SERVERS);
  if (random.chance(ALL_SHARE)) return { name: `all and ${anyServer}`, links: [...world.links.values()], server: anyServer };
  const [owner, link] = random.pick([...world.links]);
  // Who is no process of Cairn has nothing to do with its database.
  const server = world.processes.some(({ name }) => name === owner) ? anyServer : 'nats';
  return { name: `${owner} and ${server}`, links: [link], server };
}
