import { execFile, spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningServe } from './testing/RunningServe.js';

const GUIDE = new URL('../../../docs/how-to/write-a-pack.md', import.meta.url);
const BINARY = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const run = promisify(execFile);
const hasBash = spawnSync('bash', ['--version']).status === 0;
/** A block that a reader saves, adds to a file, or runs. */
const STEP = /<!-- (file|append|run)(?:: ([\w.-]+))? -->\n+```\w+\n([\s\S]*?)```/g;

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

describe.skipIf(!hasBash)('the guide to writing a pack', () => {
  it('works from the first step to the last, as it stands there', async () => {
    const guide = await readFile(GUIDE, 'utf8');
    const outputs: string[] = [];
    for (const [, kind, name = '', content = ''] of guide.matchAll(STEP)) {
      if (kind === 'file') await writeFile(join(dataDir, name), content);
      else if (kind === 'append') await appendFile(join(dataDir, name), content);
      else outputs.push(await shell(content));
    }
    const [schema, lint, test, look, apply] = outputs;
    expect(schema).toBe('');
    expect(JSON.parse(await readFile(join(dataDir, 'pack.schema.json'), 'utf8'))).toMatchObject({ required: ['pack'] });
    expect(lint).toContain('reviews.yaml: 2 achievements, nothing to complain about');
    expect(guide).toContain(test);
    expect(look).toContain('reviews: 2 added, 0 changed, 0 retired, 0 unchanged');
    expect(apply).toContain('2 added');
    expect(outputs).toHaveLength(5);

    const wrong = (await readFile(join(dataDir, 'reviews.yaml'), 'utf8')).replace('{ calendar: month }', '{ calendar: monht }');
    await writeFile(join(dataDir, 'reviews.yaml'), wrong);
    await expect(shell('cairn packs lint reviews.yaml')).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^reviews/) as string,
    });
    const refused = await shell('cairn packs lint reviews.yaml || true');
    expect(guide).toContain(refused.trim());
    await writeFile(join(dataDir, 'reviews.yaml'), wrong.replace('monht', 'month').replace('threshold: 3', 'threshold: 4'));
    expect(await shell('cairn packs diff reviews.yaml')).toContain('criteria.threshold: 3 → 4');
  });
});
