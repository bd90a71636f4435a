import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNatsServer } from '@cairn/embedded';
import { jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { stopOnSignal } from '../harness/stopOnSignal.js';
import { NatsCluster } from './NatsCluster.js';

const STREAM = 'BENCH';
const SUBJECTS = 'log.>';

export interface NatsBenchOptions {
  syncInterval: string;
  /** Servers, and as many replicas of the stream. */
  servers: 1 | 3;
}

/** One server, or a cluster of three, with nothing but one stream that takes what the log takes. */
export class NatsBench {
  static readonly stream = STREAM;

  readonly #stopped = stopOnSignal(() => this.stop());

  private constructor(
    readonly nats: NatsConnection,
    private readonly servers: { stop(): Promise<void> },
    private readonly dataDir: string,
  ) {}

  static async start({ syncInterval, servers }: NatsBenchOptions): Promise<NatsBench> {
    const dataDir = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
    const started =
      servers === 1
        ? await startNatsServer({ dataDir: join(dataDir, 'nats'), syncInterval, log: () => undefined })
        : await NatsCluster.start({ dataDir, syncInterval, servers });
    const nats = await connect({ servers: started.url.split(','), noAsyncTraces: true });
    const manager = await jetstreamManager(nats);
    await manager.streams.add({ name: STREAM, subjects: [SUBJECTS], num_replicas: servers, storage: StorageType.File });
    return new NatsBench(nats, started, dataDir);
  }

  /** Leaves the stream as if nothing had ever been published. */
  async purge(): Promise<void> {
    await (await jetstreamManager(this.nats)).streams.purge(STREAM);
  }

  async stop(): Promise<void> {
    this.#stopped();
    await this.nats.close();
    await this.servers.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
