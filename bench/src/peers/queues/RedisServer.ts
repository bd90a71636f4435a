import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort } from '@cairn/embedded';

const run = promisify(execFile);
const READY_MS_MAX = 10_000;
const POLL_MS = 20;

/** Whether there is one to run; as root, on a Debian, it is installed. @throws Error that says what to do */
export async function requireRedis(): Promise<void> {
  if (await isThere()) return;
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    process.stderr.write('peers: installing redis-server\n');
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server']).catch((cause: unknown) => {
      throw new Error(remedy(), { cause });
    });
    if (await isThere()) return;
  }
  throw new Error(remedy());
}

function remedy(): string {
  return 'peers/bullmq needs redis-server on the PATH (apt-get install -y redis-server), or leave it out with --only';
}

async function isThere(): Promise<boolean> {
  return run('redis-server', ['--version']).then(
    () => true,
    () => false,
  );
}

/** A real Redis that has on disk what it has answered: every write is in the append-only file and synced. */
export class RedisServer {
  private constructor(
    readonly port: number,
    private readonly process: ChildProcess,
  ) {}

  static async start(dir: string): Promise<RedisServer> {
    await mkdir(dir, { recursive: true });
    const port = await findFreePort();
    const settings = { port: String(port), bind: '127.0.0.1', dir, save: '', appendonly: 'yes', appendfsync: 'always' };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const server = new RedisServer(port, spawn('redis-server', args, { stdio: 'ignore' }));
    await server.#ready();
    return server;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
  }

  async #ready(): Promise<void> {
    for (const deadline = performance.now() + READY_MS_MAX; performance.now() < deadline; await delay(POLL_MS)) {
      const socket = connect({ host: '127.0.0.1', port: this.port });
      const connected = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(
        // Refused: not ready yet.
        () => false,
      );
      socket.destroy();
      if (connected) return;
    }
    throw new Error('redis-server was not ready in time');
  }
}
