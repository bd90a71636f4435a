import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedServers, type PostgresSettings, startEmbedded } from '@cairn/embedded';
import { CairnHttp } from '../chaos/CairnHttp.js';
import { CairnProcess } from '../chaos/CairnProcess.js';
import { stopOnSignal } from '../harness/stopOnSignal.js';

export const BENCH_TOKEN = 'bench-0123456789abcdef';
/** What `docs/how-to/scale-out.md` advises for a process of one part. */
export const PART_NODE_OPTIONS = '--max-semi-space-size=64';
const SETTLE_MS_MAX = 60_000;

/** nats-server and PostgreSQL of their own in a new directory, as durable as in production, and real `cairn serve` processes on them. */
export class BenchStack {
  readonly servers: EmbeddedServers;
  readonly #dataDir: string;
  readonly #processes = new Set<CairnProcess>();
  readonly #stopped: () => void;

  private constructor(servers: EmbeddedServers, dataDir: string) {
    this.servers = servers;
    this.#dataDir = dataDir;
    this.#stopped = stopOnSignal(() => this.stop());
  }

  static async start(options: { syncInterval?: string; postgresSettings?: PostgresSettings } = {}): Promise<BenchStack> {
    const dataDir = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
    const servers = await startEmbedded({ dataDir, ...options, log: () => undefined });
    return new BenchStack(servers, dataDir);
  }

  /** Resolves when it is ready. */
  async startCairn(target: string): Promise<CairnProcess> {
    const cairn = new CairnProcess({
      name: target,
      target,
      env: {
        ...process.env,
        NODE_OPTIONS: target === 'all' ? '' : PART_NODE_OPTIONS,
        NATS_URL: this.servers.natsUrl,
        DATABASE_URL: this.servers.databaseUrl,
        CAIRN_DATA_DIR: join(this.#dataDir, target.replaceAll(',', '-')),
        CAIRN_TOKEN: BENCH_TOKEN,
      },
    });
    this.#processes.add(cairn);
    await cairn.start();
    return cairn;
  }

  async stopCairn(cairn: CairnProcess): Promise<void> {
    this.#processes.delete(cairn);
    await cairn.stop();
  }

  http(cairn: CairnProcess): CairnHttp {
    return new CairnHttp(cairn.url, BENCH_TOKEN);
  }

  /** Puts packs in effect, and leaves nothing of Cairn running. */
  async publish(packs: readonly { pack: string }[]): Promise<void> {
    const cairn = await this.startCairn('api,rule-evaluator');
    const http = this.http(cairn);
    for (const pack of packs) await http.publishPack(pack);
    await http.until(({ lag }) => lag === 0, SETTLE_MS_MAX);
    await this.stopCairn(cairn);
  }

  async stop(): Promise<void> {
    this.#stopped();
    for (const cairn of this.#processes) await cairn.stop();
    await this.servers.stop();
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}
