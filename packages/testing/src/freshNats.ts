import type { NatsServer } from '@cairn/embedded';
import { deleteStreams } from './cairnStreams.js';
import { startOwnNatsServer } from './ownNatsServer.js';
import { testServers } from './testServers.js';

export interface FreshNats {
  readonly url: string;
  /** The server itself, to `kill` and `restart` it; null where the run uses one that is not ours. */
  readonly server: NatsServer | null;
  /** Takes away all that the test has put there. */
  drop(): Promise<void>;
}

/**
 * A NATS without any stream, for one test file. Stream names are fixed, so with the embedded servers each gets a nats-server
 * of its own. With a given `NATS_URL` or containers all share one: Cairn's streams are deleted before and after, and only one
 * test file may run at a time (see `vitest.config.ts`).
 */
export async function freshNats(): Promise<FreshNats> {
  const { natsUrl, natsDir } = testServers();
  if (natsDir !== null) {
    const { server, drop } = await startOwnNatsServer(natsDir);
    return { url: server.url, server, drop };
  }
  await deleteStreams(natsUrl);
  return { url: natsUrl, server: null, drop: () => deleteStreams(natsUrl) };
}
