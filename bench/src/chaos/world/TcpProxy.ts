import { once } from 'node:events';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { Pump } from './Pump.js';

const LOOPBACK = '127.0.0.1';

/** Which way is closed: from the client to the server, or back. */
export type Direction = 'to-server' | 'to-client';

interface Pair {
  client: Socket;
  server: Socket;
  pumps: Readonly<Record<Direction, Pump>>;
}

/** Stands between a process and a server, and does to their connections what networks do. */
export class TcpProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #pairs = new Set<Pair>();
  #delayMs = 0;
  #held = false;
  #refusing = false;

  private constructor(server: Server, { port, targetPort }: { port: number; targetPort: number }) {
    this.#server = server;
    this.port = port;
    this.#targetPort = targetPort;
    server.on('connection', (client) => this.#accept(client));
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    server.listen({ host: LOOPBACK, port: 0 });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a proxy has no port');
    return new TcpProxy(server, { port: address.port, targetPort });
  }

  /** From now on each byte takes so much longer, in both directions. */
  delay(ms: number): void {
    this.#delayMs = ms;
    for (const pump of this.#pumps()) pump.delayMs = ms;
  }

  /** Connections stay open, and nothing comes through any more. */
  hold(): void {
    this.#held = true;
    for (const pump of this.#pumps()) pump.hold();
  }

  /** Connections break at once. */
  cut(): void {
    for (const pair of this.#pairs) this.#end(pair);
  }

  /** New connections are closed as soon as they are there. */
  refuse(): void {
    this.#refusing = true;
  }

  /** One side is told that no more will come, while the other goes on sending. */
  halfClose(direction: Direction): void {
    for (const { pumps } of this.#pairs) pumps[direction].close();
  }

  /** Breaks those connections that were half closed and are still there. */
  cutHalfClosed(): void {
    for (const pair of this.#pairs) if (Object.values(pair.pumps).some(({ isClosed }) => isClosed)) this.#end(pair);
  }

  /** Everything as it should be. */
  heal(): void {
    this.delay(0);
    this.#held = false;
    this.#refusing = false;
    for (const pump of this.#pumps()) pump.release();
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    if (this.#refusing) {
      client.on('error', () => client.destroy());
      client.destroy();
      return;
    }
    const server = dial({ host: LOOPBACK, port: this.#targetPort, allowHalfOpen: true });
    for (const socket of [client, server]) socket.setNoDelay(true);
    const pair: Pair = { client, server, pumps: { 'to-server': new Pump(client, server), 'to-client': new Pump(server, client) } };
    this.#pairs.add(pair);
    for (const pump of Object.values(pair.pumps)) {
      pump.delayMs = this.#delayMs;
      if (this.#held) pump.hold();
    }
    for (const socket of [client, server]) {
      // A broken connection is broken on both sides: what a proxy is asked to do, and what happens by itself.
      socket.on('error', () => this.#end(pair));
      socket.on('close', () => {
        if (client.closed && server.closed) this.#pairs.delete(pair);
        else if (socket.errored !== null || !socket.readableEnded) this.#end(pair);
      });
    }
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  }

  *#pumps(): Iterable<Pump> {
    for (const { pumps } of this.#pairs) yield* Object.values(pumps);
  }
}
