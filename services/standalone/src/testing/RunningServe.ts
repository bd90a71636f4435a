import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type RuntimeFile, readRuntimeFile } from '@cairn/cli';

const BINARY = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_MS_MAX = 90_000;

/** The built binary in a process of its own, as a new user runs it, but for the rehearsal: no test of it asks how fast the first events are. */
export class RunningServe {
  readonly lines: string[] = [];

  private constructor(
    readonly child: ChildProcess,
    readonly dataDir: string,
  ) {}

  static async start(args: readonly string[], env: Record<string, string>): Promise<RunningServe> {
    const child = spawn(process.execPath, [BINARY, ...args], {
      env: { ...process.env, CAIRN_REHEARSAL: 'off', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const running = new RunningServe(child, env['CAIRN_DATA_DIR'] ?? '');
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not ready within ${START_MS_MAX} ms:\n${running.lines.join('\n')}`)), START_MS_MAX);
      const read = (line: string) => {
        running.lines.push(line);
        if (!line.startsWith('Cairn is ready on ')) return;
        clearTimeout(timer);
        resolve();
      };
      createInterface({ input: child.stdout }).on('line', read);
      createInterface({ input: child.stderr }).on('line', read);
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`ended with ${code} before it was ready:\n${running.lines.join('\n')}`));
      });
    });
    return running;
  }

  async runtime(): Promise<RuntimeFile> {
    const file = await readRuntimeFile(this.dataDir);
    if (file === null) throw new Error('there is no runtime.json');
    return file;
  }

  /** Answers the exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode ?? this.child.signalCode;
    const ended = once(this.child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    this.child.kill(signal);
    const [code, by] = await ended;
    return code ?? by;
  }
}
