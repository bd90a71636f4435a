import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort, findNatsServer } from '@cairn/embedded';
import { jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const READY_MS_MAX = 60_000;
const POLL_MS = 100;
const PROBE = 'READY_PROBE';
const STOP_MS_MAX = 20_000;

export interface NatsClusterOptions {
  /** Each server has a directory of its own in it, by its name: `nats-1` and so on. */
  dataDir: string;
  syncInterval: string;
  /** One is a server by itself. Default 3. */
  servers?: 1 | 3;
}

interface Member {
  name: string;
  port: number;
  routePort: number;
  dir: string;
  process: ChildProcess | undefined;
}

/** nats-server processes that form one JetStream cluster on this machine, each of which can be ended and started again. */
export class NatsCluster {
  readonly url: string;
  readonly #members: readonly Member[];
  readonly #binary: string;
  readonly #syncInterval: string;
  /** Most bytes of each store, by the place of the server; absent: as many as there is room for. */
  readonly #storeBytesMax = new Map<number, number>();

  private constructor(members: readonly Member[], of: { binary: string; syncInterval: string }) {
    this.url = members.map(({ port }) => `nats://127.0.0.1:${String(port)}`).join(',');
    this.#members = members;
    this.#binary = of.binary;
    this.#syncInterval = of.syncInterval;
  }

  static async start({ dataDir, syncInterval, servers = 3 }: NatsClusterOptions): Promise<NatsCluster> {
    const binary = await findNatsServer();
    const members: Member[] = [];
    for (let n = 1; n <= servers; n++) {
      const name = `nats-${String(n)}`;
      const dir = join(dataDir, name);
      await mkdir(dir, { recursive: true });
      members.push({ name, port: await findFreePort(), routePort: await findFreePort(), dir, process: undefined });
    }
    const cluster = new NatsCluster(members, { binary: binary.path, syncInterval });
    for (let server = 0; server < servers; server++) await cluster.startServer(server);
    try {
      await cluster.ready();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  get size(): number {
    return this.#members.length;
  }

  get ports(): readonly number[] {
    return this.#members.map(({ port }) => port);
  }

  nameOf(server: number): string {
    return this.#member(server).name;
  }

  dirOf(server: number): string {
    return this.#member(server).dir;
  }

  isRunning(server: number): boolean {
    const { process } = this.#member(server);
    return process !== undefined && process.exitCode === null && process.signalCode === null;
  }

  /** What a server may store from its next start on; null for no bound. */
  limitStore(server: number, bytesMax: number | null): void {
    if (bytesMax === null) this.#storeBytesMax.delete(server);
    else this.#storeBytesMax.set(server, bytesMax);
  }

  /** It is on its way up when this resolves: `ready` waits for all of them. */
  async startServer(server: number): Promise<void> {
    const member = this.#member(server);
    const file = join(member.dir, 'nats.conf');
    await writeFile(file, this.#configOf(member, this.#storeBytesMax.get(server)));
    const log = await open(`${member.dir}.log`, 'a');
    member.process = spawn(this.#binary, ['-c', file], { stdio: ['ignore', log.fd, log.fd] });
    await log.close();
  }

  signal(server: number, signal: NodeJS.Signals): void {
    this.#member(server).process?.kill(signal);
  }

  /** Resolves when the server is gone; one that does not go by itself is killed. */
  async end(server: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { process } = this.#member(server);
    if (process === undefined || !this.isRunning(server)) return;
    const ended = once(process, 'exit');
    const timer = setTimeout(() => process.kill('SIGKILL'), STOP_MS_MAX);
    process.kill(signal);
    await ended;
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map((_, server) => this.end(server, 'SIGTERM')));
  }

  /** Resolves when a stream with a replica on each server can be made. */
  async ready(): Promise<void> {
    let why: unknown;
    for (const deadline = performance.now() + READY_MS_MAX; performance.now() < deadline; await delay(POLL_MS)) {
      try {
        const nats = await connect({ servers: this.url.split(','), noAsyncTraces: true, reconnect: false });
        try {
          const manager = await jetstreamManager(nats);
          await manager.streams.add({ name: PROBE, subjects: [PROBE], num_replicas: this.size, storage: StorageType.Memory });
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
    throw new Error('the cluster was not ready in time', { cause: why });
  }

  #member(server: number): Member {
    const member = this.#members[server];
    if (member === undefined) throw new RangeError(`there is no server ${String(server)}`);
    return member;
  }

  #configOf(self: Member, storeBytesMax: number | undefined): string {
    const routes = this.#members.filter(({ name }) => name !== self.name).map(({ routePort }) => `"nats://127.0.0.1:${String(routePort)}"`);
    const cluster = `cluster {
  name: "cairn"
  host: "127.0.0.1"
  port: ${String(self.routePort)}
  # Clients go by the addresses that they were given: there may be a proxy in between.
  no_advertise: true
  routes: [${routes.join(', ')}]
}
`;
    return `server_name: "${self.name}"
host: "127.0.0.1"
port: ${String(self.port)}
max_payload: 8388608
jetstream {
  store_dir: "${self.dir}"
  sync_interval: "${this.#syncInterval}"
${storeBytesMax === undefined ? '' : `  max_file_store: ${String(storeBytesMax)}\n`}}
${routes.length === 0 ? '' : cluster}`;
  }
}
