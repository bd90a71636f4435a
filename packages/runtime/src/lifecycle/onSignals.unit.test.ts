import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const MODULE = new URL('./onSignals.ts', import.meta.url).href;

const children: ChildProcess[] = [];

/** A process of its own, for a signal would end the one of the tests. */
function runProcess(shutdown: string) {
  const script = `
    import { onSignals } from ${JSON.stringify(MODULE)};
    const alive = setInterval(() => {}, 1000);
    onSignals(${shutdown});
    console.log('up');`;
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const lines: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
  const printed = async (line: string): Promise<void> => {
    while (!lines.includes(line)) {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it printed ${line}`);
      await Promise.race([once(child.stdout, 'data'), ended]);
    }
  };
  return { child, printed, ended };
}

describe('onSignals', () => {
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it('shuts down on the first signal and ends with success', async () => {
    const { child, printed, ended } = runProcess(`async (signal) => { console.log(signal); clearInterval(alive); }`);
    await printed('up');
    child.kill('SIGTERM');
    await printed('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('ends at once on a second signal', async () => {
    const { child, printed, ended } = runProcess(`(signal) => { console.log(signal); return new Promise(() => {}); }`);
    await printed('up');
    child.kill('SIGINT');
    await printed('SIGINT');
    child.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
  });

  it('ends a process that something still holds, and says that a shutdown failed', async () => {
    const { child, printed, ended } = runProcess(`async () => { throw new Error('half done'); }`);
    await printed('up');
    child.kill('SIGTERM');
    expect(await ended).toEqual([1, null]);
  });
});
