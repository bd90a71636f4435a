import { TcpProxy } from './TcpProxy.js';

/** The network between one process and the servers: a proxy for each server. */
export class ProcessLinks {
  readonly natsUrl: string;
  readonly databaseUrl: string;
  readonly #nats: readonly TcpProxy[];
  readonly #postgres: TcpProxy;

  private constructor(nats: readonly TcpProxy[], postgres: TcpProxy, databaseUrl: string) {
    this.#nats = nats;
    this.#postgres = postgres;
    this.natsUrl = nats.map(({ port }) => `nats://127.0.0.1:${String(port)}`).join(',');
    this.databaseUrl = withPort(databaseUrl, postgres.port);
  }

  static async open(to: { natsPorts: readonly number[]; databaseUrl: string }): Promise<ProcessLinks> {
    const nats: TcpProxy[] = [];
    for (const port of to.natsPorts) nats.push(await TcpProxy.start(port));
    return new ProcessLinks(nats, await TcpProxy.start(Number(new URL(to.databaseUrl).port)), to.databaseUrl);
  }

  to(server: LinkedServer): readonly TcpProxy[] {
    if (server === 'both') return [...this.#nats, this.#postgres];
    return server === 'nats' ? this.#nats : [this.#postgres];
  }

  heal(): void {
    for (const proxy of this.to('both')) proxy.heal();
  }

  async close(): Promise<void> {
    await Promise.all(this.to('both').map((proxy) => proxy.stop()));
  }
}

export type LinkedServer = 'nats' | 'postgres' | 'both';

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}
