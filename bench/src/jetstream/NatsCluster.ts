import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort, findNatsServer } from '@cairn/embedded';
import { jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const SERVERS = 3;
const READY_MS_MAX = 60_000;
const POLL_MS = 100;
const PROBE = 'READY_PROBE';

interface Member {
  name: string;
  port: number;
  routePort: number;
}

/** Three nats-server processes that form one JetStream cluster on this machine. */
export class NatsCluster {
  readonly url: string;
  readonly #processes: readonly ChildProcess[];

  private constructor(url: string, processes: readonly ChildProcess[]) {
    this.url = url;
    this.#processes = processes;
  }

  static async start({ dataDir, syncInterval }: { dataDir: string; syncInterval: string }): Promise<NatsCluster> {
    const binary = await findNatsServer();
    const members: Member[] = [];
    for (let n = 1; n <= SERVERS; n++)
      members.push({ name: `bench-${String(n)}`, port: await findFreePort(), routePort: await findFreePort() });
    const processes: ChildProcess[] = [];
    for (const member of members) {
      const dir = join(dataDir, member.name);
      await mkdir(dir, { recursive: true });
      const file = join(dir, 'nats.conf');
      await writeFile(file, configOf(member, { members, dir, syncInterval }));
      processes.push(spawn(binary.path, ['-c', file], { stdio: 'ignore' }));
    }
    const cluster = new NatsCluster(members.map(({ port }) => `nats://127.0.0.1:${String(port)}`).join(','), processes);
    await cluster.#ready();
    return cluster;
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#processes.map(async (server) => {
        if (server.exitCode !== null || server.signalCode !== null) return;
        const ended = once(server, 'exit');
        server.kill('SIGTERM');
        await ended;
      }),
    );
  }

  /** Resolves when a stream with a replica on each server can be made. */
  async #ready(): Promise<void> {
    let why: unknown;
    for (const deadline = performance.now() + READY_MS_MAX; performance.now() < deadline; await delay(POLL_MS)) {
      try {
        const nats = await connect({ servers: this.url.split(','), noAsyncTraces: true });
        try {
          const manager = await jetstreamManager(nats);
          await manager.streams.add({ name: PROBE, subjects: [PROBE], num_replicas: SERVERS, storage: StorageType.Memory });
          await manager.streams.delete(PROBE);
          return;
        } finally {
          await nats.close();
        }
      } catch (error) {
        // Not listening yet, no leader yet, or not all of them there yet.
        why = error;
      }
    }
    await this.stop();
    throw new Error('the cluster was not ready in time', { cause: why });
  }
}

function configOf(self: Member, { members, dir, syncInterval }: { members: readonly Member[]; dir: string; syncInterval: string }): string {
  const routes = members.filter(({ name }) => name !== self.name).map(({ routePort }) => `"nats://127.0.0.1:${String(routePort)}"`);
  return `server_name: "${self.name}"
host: "127.0.0.1"
port: ${String(self.port)}
max_payload: 8388608
jetstream {
  store_dir: "${dir}"
  sync_interval: "${syncInterval}"
}
cluster {
  name: "bench"
  host: "127.0.0.1"
  port: ${String(self.routePort)}
  routes: [${routes.join(', ')}]
}
`;
}
