import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BINARY = fileURLToPath(new URL('../../../services/standalone/dist/main.js', import.meta.url));
const READY = /^Cairn is ready on (\S+)/;
const START_MS_MAX = 60_000;

/** A real `cairn serve` in a process of its own. */
export class CairnProcess {
  readonly name: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #target: string;
  #child: ChildProcess | undefined;
  url = '';

  constructor(of: { name: string; target: string; env: NodeJS.ProcessEnv }) {
    this.name = of.name;
    this.#target = of.target;
    this.#env = of.env;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error(`${this.name} does not run`);
    return this.#child.pid;
  }

  /** Resolves when it says that it is ready. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [BINARY, 'serve', '--target', this.#target], {
      env: { ...this.#env, CAIRN_PORT: '0', CAIRN_LOG_LEVEL: this.#env['CAIRN_LOG_LEVEL'] ?? 'error' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.url = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.name} was not ready within ${START_MS_MAX} ms`)), START_MS_MAX);
      createInterface({ input: child.stdout }).on('line', (line) => {
        const url = READY.exec(line)?.[1];
        if (url === undefined) return;
        clearTimeout(timer);
        resolve(url);
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`${this.name} ended before it was ready (${code ?? signal})`));
      });
    });
  }

  /** SIGKILL: nothing is finished, nothing is said. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
