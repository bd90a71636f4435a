import { afterEach, describe, expect, it } from 'vitest';
import { runCaptured } from './runCaptured.mjs';

const run = (code, options = {}) =>
  runCaptured(process.execPath, {
    args: ['-e', code],
    cwd: process.cwd(),
    env: process.env,
    doing: 'testing (a lot)',
    say: () => {},
    ...options,
  });

/** Signals that were sent to this very process, so that vitest does not stop. */
const ignored = () => {};
afterEach(() => process.off('SIGTERM', ignored));

describe('runCaptured', () => {
  it('keeps both outputs and the exit code', async () => {
    const result = await run('console.log("out"); console.error("err"); process.exitCode = 3');
    expect(result).toMatchObject({ code: 3, signal: null });
    expect(result.output).toContain('out\n');
    expect(result.output).toContain('err\n');
  });

  it('keeps the end of a long output', async () => {
    const { output } = await run('console.log("x".repeat(1_000_000)); console.log("the end")');
    expect(output.length).toBeLessThan(100_000);
    expect(output).toMatch(/the end\n$/);
  });

  it('reports a command that is not there as a failure', async () => {
    const result = await runCaptured('no-such-command-anywhere', { args: [], cwd: '.', env: process.env, doing: 'testing', say: () => {} });
    expect(result.code).toBeNull();
    expect(result.output).toContain('ENOENT');
  });

  it('is not left waiting for a grandchild when it is told to stop', async () => {
    process.on('SIGTERM', ignored);
    const grandchild = 'require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" })';
    const said = [];
    const running = run(`${grandchild}.on("spawn", () => process.kill(process.ppid, "SIGTERM")); setInterval(() => {}, 1000);`, {
      say: (line) => said.push(line),
    });
    expect(await running).toMatchObject({ signal: 'SIGTERM' });
    expect(said).toEqual(['testing (a lot) …']);
  });
});
