import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningServe } from './testing/RunningServe.js';

const GUIDE = new URL('../../../docs/how-to/preview-a-pack.md', import.meta.url);
const BINARY = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const run = promisify(execFile);
const hasBash = spawnSync('bash', ['--version']).status === 0;
/** A block that a reader saves or runs. */
const STEP = /<!-- (file|run)(?:: ([\w.-]+))? -->\n+```\w+\n([\s\S]*?)```/g;

let dataDir: string;
let cairn: RunningServe;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cairn-guide-'));
  cairn = await RunningServe.start(['serve'], { CAIRN_DATA_DIR: dataDir, CAIRN_LOG_LEVEL: 'warn' });
});
afterAll(async () => {
  await cairn.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

async function shell(script: string): Promise<string> {
  const command = `cairn() { ${JSON.stringify(process.execPath)} ${JSON.stringify(BINARY)} "$@"; }\n${script}`;
  const env = { ...process.env, CAIRN_DATA_DIR: dataDir };
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], { cwd: dataDir, env, timeout: 60_000 });
  return stdout;
}

describe.skipIf(!hasBash)('the guide to previewing a pack', () => {
  it('shows what its commands print', async () => {
    const guide = await readFile(GUIDE, 'utf8');
    const outputs: string[] = [];
    for (const [, kind, name = '', content = ''] of guide.matchAll(STEP)) {
      if (kind === 'file') await writeFile(join(dataDir, name), content);
      else outputs.push(await shell(content));
    }
    const [imported, preview = ''] = outputs;
    expect(imported).toContain('accepted    14');
    expect(preview).not.toBe('');
    expect(guide).toContain(`\`\`\`\n${preview}\`\`\``);
    expect(outputs).toHaveLength(2);
  });
});
