import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort, type PostgresServer, startPostgres } from '@cairn/embedded';
import { createToken, openDatabase } from '@cairn/store';
import { NatsCluster } from '../../jetstream/NatsCluster.js';
import { TENANTS, type TenantId } from '../plan/EventPlan.js';
import { KeptProcess } from './KeptProcess.js';
import { NatsDisk } from './NatsDisk.js';
import { ProcessLinks } from './ProcessLinks.js';
import type { Timeline } from './Timeline.js';

export interface WorldOptions {
  dir: string;
  nats: 'single' | 'cluster';
  /** Of the file system of each nats-server. */
  diskBytesMax: number;
  timeline: Timeline;
}

/** What runs, by the name it is called by in the timeline. An evaluator without a name of its own is a new one after each start. */
interface Runs {
  name: string;
  target: string;
  evaluatorName?: string;
}

const PROCESSES: readonly Runs[] = [
  { name: 'evaluator-1', target: 'rule-evaluator', evaluatorName: 'evaluator-1' },
  { name: 'evaluator-2', target: 'rule-evaluator', evaluatorName: 'evaluator-2' },
  { name: 'evaluator-3', target: 'rule-evaluator' },
  { name: 'ingest-1', target: 'ingest' },
  { name: 'ingest-2', target: 'ingest' },
  { name: 'notifier', target: 'notifier' },
  { name: 'api', target: 'api' },
];
const SCOPES = ['events:write', 'progress:read', 'unlocks:read', 'definitions:publish', 'grants:write', 'dlq:read', 'operator'];
const DATABASE_ERROR_IGNORED = (): void => undefined;
const READY_LOOK_MS = 50;
/** Those who are no process of Cairn have a network, too. */
const OUTSIDERS = ['producer', 'subscriber'];

/** The processes of Cairn, the servers that they need, and the network in between: all real, all of it breakable. */
export class ChaosWorld {
  readonly nats: NatsCluster;
  readonly disks: readonly (NatsDisk | null)[];
  readonly postgres: PostgresServer;
  readonly processes: readonly KeptProcess[];
  readonly links: ReadonlyMap<string, ProcessLinks>;
  readonly timeline: Timeline;
  readonly dir: string;
  readonly crashes: string[];

  private constructor(of: Pick<ChaosWorld, 'nats' | 'disks' | 'postgres' | 'processes' | 'links' | 'timeline' | 'dir' | 'crashes'>) {
    this.nats = of.nats;
    this.disks = of.disks;
    this.postgres = of.postgres;
    this.processes = of.processes;
    this.links = of.links;
    this.timeline = of.timeline;
    this.dir = of.dir;
    this.crashes = of.crashes;
  }

  /** Leaves nothing behind where it fails. */
  static async start(options: WorldOptions): Promise<ChaosWorld> {
    const undo: (() => Promise<void>)[] = [];
    try {
      return await ChaosWorld.#open(options, undo);
    } catch (error) {
      for (const step of undo.reverse()) await step();
      throw error;
    }
  }

  static async #open({ dir, nats: kind, diskBytesMax, timeline }: WorldOptions, undo: (() => Promise<void>)[]): Promise<ChaosWorld> {
    const servers = kind === 'single' ? 1 : 3;
    const disks: (NatsDisk | null)[] = [];
    for (let n = 1; n <= servers; n++) {
      const disk = await NatsDisk.mount(join(dir, `nats-${String(n)}`), diskBytesMax);
      disks.push(disk);
      undo.push(() => disk?.unmount(null) ?? Promise.resolve());
    }
    const nats = await NatsCluster.start({ dataDir: dir, syncInterval: 'always', servers });
    undo.push(() => nats.stop());
    const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), log: () => undefined });
    undo.push(() => postgres.stop());
    await mkdir(join(dir, 'logs'));
    const crashes: string[] = [];
    const links = new Map<string, ProcessLinks>();
    const processes: KeptProcess[] = [];
    const to = { natsPorts: nats.ports, databaseUrl: postgres.url };
    for (const name of OUTSIDERS) links.set(name, await ProcessLinks.open(to));
    for (const of of PROCESSES) {
      const { name, target } = of;
      const link = await ProcessLinks.open(to);
      links.set(name, link);
      const onCrash = (how: string): void => {
        crashes.push(`${name} ${how}`);
        timeline.tell(`${name} ${how}`);
      };
      const env = environmentOf(of, { link, dir, servers });
      const logFile = join(dir, 'logs', `${name}.log`);
      processes.push(new KeptProcess({ name, target, port: await findFreePort(), env, logFile, onCrash }));
    }
    for (const it of processes) it.keep();
    return new ChaosWorld({ nats, disks, postgres, processes, links, timeline, dir, crashes });
  }

  /** What makes its disk full is a file system of its own, or where that is not allowed a bound of nats-server itself. */
  get hasDisks(): boolean {
    return this.disks.every((disk) => disk !== null);
  }

  tokenOf(tenant: TenantId): string {
    return tokenOf(tenant);
  }

  urlsOf(target: string): readonly string[] {
    return this.processes.filter((it) => it.target === target).map(({ url }) => url);
  }

  processesOf(target: string): readonly KeptProcess[] {
    return this.processes.filter((it) => it.target === target);
  }

  linkOf(name: string): ProcessLinks {
    const link = this.links.get(name);
    if (link === undefined) throw new RangeError(`${name} has no network`);
    return link;
  }

  /** A token for each tenant, written past the API, which makes none. */
  async makeTokens(): Promise<void> {
    const database = openDatabase({ url: this.postgres.url, applicationName: 'chaos', onError: DATABASE_ERROR_IGNORED });
    try {
      for (const tenant of TENANTS.filter((it) => it !== 'default'))
        await createToken(database.pool, { tenantId: tenant, name: 'chaos', scopes: SCOPES, token: tokenOf(tenant) });
    } finally {
      await database.close();
    }
  }

  /** Resolves when every process says that it is ready. */
  async allReady(msMax: number): Promise<void> {
    for (const deadline = performance.now() + msMax; this.processes.some(({ isReady }) => !isReady); await delay(READY_LOOK_MS)) {
      if (performance.now() < deadline) continue;
      const late = this.processes.filter(({ isReady }) => !isReady).map(({ name }) => name);
      throw new Error(`${late.join(', ')} did not come up within ${String(msMax)} ms: see ${join(this.dir, 'logs')}`);
    }
  }

  async stopProcesses(): Promise<void> {
    for (const link of this.links.values()) link.heal();
    for (const it of this.processes) it.thaw();
    await Promise.all(this.processes.map((it) => it.stop()));
  }

  /** Ends all of it. What NATS holds is kept in `nats-<n>.kept` where somebody wants to look at it. */
  async stop({ keep }: { keep: boolean }): Promise<void> {
    await this.stopProcesses();
    for (const link of this.links.values()) await link.close();
    await this.nats.stop();
    await this.postgres.stop();
    for (const [server, disk] of this.disks.entries()) await disk?.unmount(keep ? `${this.nats.dirOf(server)}.kept` : null);
  }
}

function environmentOf(
  { name, evaluatorName }: Runs,
  { link, dir, servers }: { link: ProcessLinks; dir: string; servers: number },
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NATS_URL: link.natsUrl,
    DATABASE_URL: link.databaseUrl,
    CAIRN_DATA_DIR: join(dir, name),
    CAIRN_TOKEN: tokenOf('default'),
    CAIRN_NATS_TENANTS: '*',
    CAIRN_STREAM_REPLICAS: String(servers),
    CAIRN_LOG_LEVEL: 'warn',
    ...(evaluatorName === undefined ? {} : { CAIRN_EVALUATOR_NAME: evaluatorName }),
  };
}

function tokenOf(tenant: TenantId): string {
  return `chaos-${tenant}-0123456789abcdef`;
}
