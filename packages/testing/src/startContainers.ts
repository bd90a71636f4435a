import type { StartedServers } from './StartedServers.js';

const NATS_IMAGE = 'nats:2.14';
const NATS_PORT = 4222;
const NATS_CONFIG_PATH = '/etc/nats/cairn-test.conf';
const NATS_CONFIG = 'jetstream { store_dir: "/data", sync_interval: always }\nmax_payload: 8388608\n';

const POSTGRES_IMAGE = 'postgres:18';
const POSTGRES_PORT = 5432;
const POSTGRES_PASSWORD = 'cairn-test';

/** Starts the official images. testcontainers is loaded only here: it takes longer than the embedded servers to start. */
export async function startContainers(runId: string): Promise<StartedServers> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const nats = new GenericContainer(NATS_IMAGE)
    .withCopyContentToContainer([{ content: NATS_CONFIG, target: NATS_CONFIG_PATH }])
    .withCommand(['--config', NATS_CONFIG_PATH])
    .withExposedPorts(NATS_PORT)
    .withWaitStrategy(Wait.forLogMessage(/Server is ready/));
  const postgres = new GenericContainer(POSTGRES_IMAGE)
    .withEnvironment({ POSTGRES_PASSWORD })
    .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=300'])
    .withExposedPorts(POSTGRES_PORT)
    // The image starts it once to set it up, and then for good.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2));
  const [natsContainer, postgresContainer] = await Promise.all([nats.start(), postgres.start()]);
  return {
    runId,
    natsUrl: `nats://${natsContainer.getHost()}:${natsContainer.getMappedPort(NATS_PORT)}`,
    databaseUrl: `postgres://postgres:${POSTGRES_PASSWORD}@${postgresContainer.getHost()}:${postgresContainer.getMappedPort(POSTGRES_PORT)}/postgres`,
    natsDir: null,
    stop: async () => void (await Promise.all([natsContainer.stop(), postgresContainer.stop()])),
  };
}
