import { EmbeddedError } from './errors.js';
import { findFreePort, isPortFree } from './findFreePort.js';
import type { ServerExit, ServerProcess } from './serverProcess.js';

/** Losing the race for a free port several times in a row does not happen by chance. */
const START_ATTEMPTS_MAX = 5;

/** What `startNatsServer` and `startPostgres` have in common once a directory is prepared. */
export interface RunningServer {
  /** The port on 127.0.0.1; the same for as long as this object lives. */
  readonly port: number;
  /** The process that serves now; another one after `restart`. */
  readonly pid: number;
  /** Stops gracefully, within a bound, and gives the data directory free. Safe to call more than once. */
  stop(): Promise<void>;
  /** SIGKILL to every process of the server, as a crash. The data directory stays ours until `stop`; `restart` brings the server back. */
  kill(): Promise<void>;
  /** Stops the server if it runs, and starts it again on the same port and data. */
  restart(): Promise<void>;
}

export interface ServerKind {
  readonly stopSignal: NodeJS.Signals;
  readonly stopTimeoutMs: number;
  /** Starts on this port and resolves when the server answers; rejects when it ends before. */
  launch(port: number): Promise<ServerProcess>;
  /** Ends what a server may leave behind when it is killed, such as its own children. */
  sweep(): Promise<void>;
  /** Called when the server ends without having been asked to. */
  onUnexpectedExit?: ((exit: ServerExit) => void) | undefined;
  /** Gives the data directory free. */
  release(): Promise<void>;
}

/** Starts a server on the first of the wanted ports that is free, else on any free one, and keeps hold of it. */
export async function superviseServer(kind: ServerKind, wantedPorts: readonly (number | undefined)[]): Promise<RunningServer> {
  const first = await launchOnFreePort(kind, wantedPorts);
  return new SupervisedServer(kind, first.port, first.process);
}

async function launchOnFreePort(
  kind: ServerKind,
  wantedPorts: readonly (number | undefined)[],
): Promise<{ port: number; process: ServerProcess }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort(...wantedPorts);
    try {
      return { port, process: await kind.launch(port) };
    } catch (error) {
      // The only failure that another port can cure is that somebody else has bound this one meanwhile.
      if (attempt === START_ATTEMPTS_MAX || (await isPortFree(port))) throw error;
    }
  }
}

class SupervisedServer implements RunningServer {
  /** Operations run one after the other; each waits for the one before, however that ended. */
  private queue: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | null = null;
  /** The process whose end has been asked for, so that it is no surprise. */
  private ending: ServerProcess | null = null;

  constructor(
    private readonly kind: ServerKind,
    readonly port: number,
    private process: ServerProcess,
  ) {
    this.watch(process);
  }

  get pid(): number {
    return this.process.pid;
  }

  stop(): Promise<void> {
    this.stopped ??= this.enqueue(async () => {
      await this.end(this.kind.stopSignal);
      await this.kind.release();
    });
    return this.stopped;
  }

  kill(): Promise<void> {
    return this.enqueue(() => this.end('SIGKILL'));
  }

  restart(): Promise<void> {
    if (this.stopped !== null)
      return Promise.reject(new EmbeddedError('stopped', 'a server that was stopped is started anew, not restarted'));
    return this.enqueue(async () => {
      await this.end(this.kind.stopSignal);
      if (!(await isPortFree(this.port))) throw new EmbeddedError('port_taken', `port ${this.port} was taken by another process`);
      this.process = await this.kind.launch(this.port);
      this.watch(this.process);
    });
  }

  private enqueue(operation: () => Promise<void>): Promise<void> {
    const result = this.queue.then(operation);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    this.ending = this.process;
    if (!this.process.hasExited()) await this.process.stop({ signal, timeoutMs: this.kind.stopTimeoutMs });
    await this.kind.sweep();
  }

  private watch(watched: ServerProcess): void {
    void watched.exited.then((exit) => {
      if (this.ending !== watched) this.kind.onUnexpectedExit?.(exit);
    });
  }
}
