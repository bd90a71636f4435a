import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningServe } from './testing/RunningServe.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
/** What the examples are written for; a machine may have Node and nothing else. */
const hasCurl = spawnSync('curl', ['--version']).status === 0 && spawnSync('bash', ['--version']).status === 0;
const EXAMPLE = /<!-- run -->\n+```sh\n([\s\S]*?)```/g;

let dataDir: string;
let cairn: RunningServe;
let examples: string[];
let env: Record<string, string>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cairn-readme-'));
  cairn = await RunningServe.start(['serve'], { CAIRN_DATA_DIR: dataDir, CAIRN_LOG_LEVEL: 'warn' });
  const { url, token, nats_url: natsUrl } = await cairn.runtime();
  const { hostname, port } = new URL(natsUrl);
  env = { CAIRN_URL: url, CAIRN_TOKEN: token, NATS_HOST: hostname, NATS_PORT: port, CAIRN_DATA_DIR: dataDir };
  examples = [...(await readFile(join(ROOT, 'README.md'), 'utf8')).matchAll(EXAMPLE)].map(([, script = '']) => script);
});
afterAll(async () => {
  await cairn.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

/** As it stands there, in a folder of its own; the commands of the clone are found through npm's prefix. */
async function runExample(script: string): Promise<string> {
  const inClone = script.replaceAll('npm run', `npm --prefix ${ROOT} run`);
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', inClone], {
    cwd: dataDir,
    env: { ...process.env, ...env },
    timeout: 60_000,
  });
  return stdout;
}

describe.skipIf(!hasCurl)('every example of the README', () => {
  it('works with curl alone', async () => {
    const output = await runExample(examples[0] ?? '');
    expect(output).toContain('"status":"accepted"');
    expect(output).toContain('3 green builds on main: you unlocked Green Streak.');
  });

  it('works with the NATS protocol alone', async () => {
    expect(await runExample(examples[1] ?? '')).toContain('"slug":"green-streak"');
  });

  it('works with the command', async () => {
    const output = await runExample(examples[2] ?? '');
    expect(output).toContain('Green Streak');
    expect(examples).toHaveLength(3);
  });
});
