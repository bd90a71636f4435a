/** A process that starts the embedded servers in the directory of its first argument, says so, and waits to be killed. */
import { startEmbedded } from '@cairn/embedded';

const [, , dataDir] = process.argv;
const servers = await startEmbedded({ dataDir, log: () => undefined });
process.once('SIGTERM', () => servers.stop());
process.stdout.write(
  `${JSON.stringify({ natsUrl: servers.natsUrl, databaseUrl: servers.databaseUrl, pids: [servers.nats.pid, servers.postgres.pid] })}\n`,
);
