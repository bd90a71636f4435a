import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DoorReport, HttpLoadJob, LatencyJob, LatencyReport, LoadJob, LoadMessage, LoadReport, NatsLoadJob } from './loadJob.js';

const MAIN = fileURLToPath(new URL('loadMain.js', import.meta.url));

/** A process of its own that makes load, so that what it takes of the processor can be told from what it measures. */
export class LoadProcess<R extends LoadReport> {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when all is prepared and nothing is sent yet. */
  static async start(job: HttpLoadJob | NatsLoadJob): Promise<LoadProcess<DoorReport>>;
  static async start(job: LatencyJob): Promise<LoadProcess<LatencyReport>>;
  static async start(job: LoadJob): Promise<LoadProcess<LoadReport>> {
    const child = fork(MAIN, [JSON.stringify(job)], { stdio: 'inherit' });
    const load = new LoadProcess<LoadReport>(child);
    const message = await load.#next();
    if (message.kind !== 'ready') throw new Error(`the load was not prepared: ${JSON.stringify(message)}`);
    return load;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  async run(): Promise<R> {
    this.#child.send('go');
    const message = await this.#next();
    if (message.kind === 'done') return message.report as R;
    throw new Error(`the load failed: ${message.kind === 'failed' ? message.why : message.kind}`);
  }

  /** Its processor time can be read until then. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }

  #next(): Promise<LoadMessage> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`the process of the load ended with ${String(code)}`));
      this.#child.once('exit', onExit);
      this.#child.once('message', (message) => {
        this.#child.off('exit', onExit);
        resolve(message as LoadMessage);
      });
    });
  }
}
