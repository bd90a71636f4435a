import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ScaledCairn } from './testing/ScaledCairn.js';

const BINARY = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const TOKEN = 'backfill-0123456789abcdef';
/** What a door lets in ahead of the evaluation. */
const AHEAD_MAX = 20_000;
const EVENTS = 23_000;
const USERS = 200;
const PACK = {
  pack: 'backfill',
  achievements: [
    {
      slug: 'first',
      name: 'First',
      reason: 'To see who hears of it.',
      criteria: { type: 'count', event: 'build.succeeded', threshold: 1 },
    },
  ],
};
const WAIT_MS_MAX = 90_000;
const TEST_MS_MAX = 400_000;

let cairn: ScaledCairn;

beforeAll(async () => {
  cairn = await ScaledCairn.start(TOKEN);
});
afterAll(async () => {
  await cairn.stop();
});

// proves: backfill-yields
it(
  'lets an import of old events wait while nobody evaluates, takes live ones meanwhile, and ends it well afterwards',
  async () => {
    await cairn.fleet.join('ann');
    await cairn.call('PUT', '/v1/admin/packs/backfill', PACK);
    await cairn.fleet.leave('ann');

    const file = join(cairn.dataDir, 'old.jsonl');
    await writeFile(file, Array.from({ length: EVENTS }, (_, n) => `${JSON.stringify(oldEvent(n))}\n`).join(''));
    const importing = startImport(file);
    await eventually(async () => expect(await ahead()).toBe(AHEAD_MAX), { timeoutMs: WAIT_MS_MAX });
    const refused = await post({ ...oldEvent(EVENTS), backfill: true });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([429, 'backfill_waits']);
    expect((await post({ ...oldEvent(EVENTS + 1), actor: { user_id: 'live' } })).status).toBe(202);
    expect(importing.isRunning()).toBe(true);

    await cairn.fleet.join('bob');
    const { code, answer } = await importing.ended;
    expect([code, answer]).toMatchObject([0, { accepted: EVENTS, rejected: 0, evaluated: true }]);
    const { rows } = await cairn.database.pool.query(
      `SELECT user_id = 'live' AS live, backfilled, count(*)::int AS n FROM unlocks JOIN users USING (tenant_key, user_key) GROUP BY 1, 2 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { live: false, backfilled: true, n: USERS },
      { live: true, backfilled: false, n: 1 },
    ]);
    await eventually(async () => expect(await ahead()).toBe(0), { timeoutMs: WAIT_MS_MAX });
  },
  TEST_MS_MAX,
);

function oldEvent(n: number): object {
  const occurred_at = new Date(Date.UTC(2025, 0, 1) + n * 60_000).toISOString();
  return { event_id: `old-${String(n)}`, type: 'build.succeeded', actor: { user_id: `user-${String(n % USERS)}` }, occurred_at };
}

function startImport(file: string) {
  const env = { ...process.env, CAIRN_URL: cairn.url, CAIRN_TOKEN: TOKEN, CAIRN_DATA_DIR: join(cairn.dataDir, 'cli') };
  const child = spawn(process.execPath, [BINARY, 'import', 'jsonl', file, '--backfill', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, answer: JSON.parse(said) as unknown }));
  return { ended, isRunning: () => child.exitCode === null && child.signalCode === null };
}

async function ahead(): Promise<number> {
  const text = await (await fetch(`${cairn.url}/metrics`, { headers: cairn.headers })).text();
  return Number(/^cairn_ingest_backfill_ahead(?:\{.*\})? (\d+)$/m.exec(text)?.[1]);
}

async function post(event: object): Promise<Response> {
  return fetch(`${cairn.url}/v1/events`, { method: 'POST', headers: cairn.headers, body: JSON.stringify(event) });
}
