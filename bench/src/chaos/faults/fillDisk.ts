import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { ChaosWorld } from '../world/ChaosWorld.js';
import type { Fault } from './Fault.js';

const SECONDS_MIN = 3;
const SECONDS_MAX = 8;

/** No room on the disk of a nats-server. It turns JetStream off then, so that it takes room and a restart until it is well again. */
export const fillDisk: Fault = {
  name: 'disk full',
  run: async ({ world, random, wait }) => {
    const { nats, timeline } = world;
    const server = random.below(nats.size);
    const disk = world.disks[server] ?? null;
    if (disk === null) await limitStore(world, server);
    else await disk.fill();
    timeline.tell(`the disk of ${nats.nameOf(server)} is full${disk === null ? ' (max_file_store)' : ''}`);
    try {
      await wait(SECONDS_MIN, SECONDS_MAX);
    } finally {
      nats.limitStore(server, null);
      await disk?.makeRoom();
      await nats.end(server, 'SIGTERM');
      await nats.startServer(server);
    }
    await nats.ready();
    timeline.tell(`the disk of ${nats.nameOf(server)} has room, and it was restarted`);
  },
};

/** Where no file system can be mounted: as much as there is now, from a restart on. */
async function limitStore({ nats }: ChaosWorld, server: number): Promise<void> {
  const connection = await connect({ servers: nats.url.split(','), noAsyncTraces: true });
  try {
    const { storage } = await (await jetstreamManager(connection)).getAccountInfo();
    nats.limitStore(server, Math.max(1, storage));
  } finally {
    await connection.close();
  }
  await nats.end(server, 'SIGTERM');
  await nats.startServer(server);
}
