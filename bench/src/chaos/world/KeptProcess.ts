import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const BINARY = fileURLToPath(new URL('../../../../services/standalone/dist/main.js', import.meta.url));
const READY = 'Cairn is ready on ';
/** As a supervisor has it: a process that ended is started again after this time. */
const RESTART_PAUSE_MS = 250;
const STOP_MS_MAX = 40_000;

export interface KeptProcessOptions {
  name: string;
  target: string;
  port: number;
  env: NodeJS.ProcessEnv;
  logFile: string;
  /** Called when it ends without having been told to, once it had been ready. */
  onCrash(how: string): void;
}

/** A real `cairn serve` under a supervisor that starts it again whenever it has ended. */
export class KeptProcess {
  readonly name: string;
  readonly target: string;
  readonly url: string;
  readonly #options: KeptProcessOptions;
  #child: ChildProcess | undefined;
  #isReady = false;
  /** Set when its end was asked for. */
  #isEnding = false;
  #isStopped = false;
  #kept: Promise<void> = Promise.resolve();

  constructor(options: KeptProcessOptions) {
    this.name = options.name;
    this.target = options.target;
    this.url = `http://127.0.0.1:${String(options.port)}`;
    this.#options = options;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  keep(): void {
    this.#kept = this.#keep();
  }

  /** SIGKILL: nothing is finished, nothing is said. It comes up again by itself. */
  kill(): void {
    this.#endBy('SIGKILL');
  }

  /** Told to end in an orderly way. It comes up again by itself. */
  restart(): void {
    this.#endBy('SIGTERM');
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#endBy('SIGTERM');
    const timer = setTimeout(() => this.#endBy('SIGKILL'), STOP_MS_MAX);
    await this.#kept;
    clearTimeout(timer);
  }

  #endBy(signal: NodeJS.Signals): void {
    this.#isEnding = true;
    this.#isReady = false;
    this.#child?.kill(signal);
  }

  async #keep(): Promise<void> {
    while (!this.#isStopped) {
      await this.#runOnce();
      await delay(RESTART_PAUSE_MS);
    }
  }

  async #runOnce(): Promise<void> {
    const { target, port, env, logFile, onCrash } = this.#options;
    const log = await open(logFile, 'a');
    this.#isEnding = false;
    const child = spawn(process.execPath, [BINARY, 'serve', '--target', target], {
      env: { ...env, CAIRN_PORT: String(port) },
      stdio: ['ignore', 'pipe', log.fd],
    });
    this.#child = child;
    // Told to stop while it was being made.
    if (this.#isStopped) this.#endBy('SIGTERM');
    if (child.stdout === null) throw new Error('the output of a process cannot be read');
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith(READY)) this.#isReady = true;
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    await log.close();
    const wasReady = this.#isReady;
    this.#isReady = false;
    if (wasReady && !this.#isEnding) onCrash(`ended by itself (${String(code ?? signal)}); ${logFile} has its last words`);
  }
}
