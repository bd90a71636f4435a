import { deleteStreams, refuseFullStreams } from './cairnStreams.js';
import { dropRunDatabases } from './runDatabases.js';
import type { StartedServers } from './StartedServers.js';

/** Takes the servers that the caller names, and leaves them as they were: without Cairn's streams, without databases of the run. */
export async function useGivenServers(
  { natsUrl, databaseUrl }: { natsUrl: string; databaseUrl: string },
  runId: string,
): Promise<StartedServers> {
  await refuseFullStreams(natsUrl);
  return {
    runId,
    natsUrl,
    databaseUrl,
    natsDir: null,
    stop: async () => {
      await deleteStreams(natsUrl);
      await dropRunDatabases(databaseUrl, runId);
    },
  };
}
