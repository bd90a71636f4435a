import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connectNats, createLogger } from '@cairn/runtime';
import { openDatabase } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { jetstream } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningServe } from './testing/RunningServe.js';

const RUNBOOK = new URL('../../../docs/how-to/runbooks/dead-letter-growth.md', import.meta.url);
const BINARY = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const run = promisify(execFile);
const hasBash = spawnSync('bash', ['--version']).status === 0;
/** What the reader does to Cairn, or types. */
const STEP = /<!-- (?:step: (stop|start)|run) -->(?:\s*```sh\n([\s\S]*?)```)?/g;
const TIMEOUT_MS = 300_000;

let home: string;
let cairn: RunningServe;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cairn-dead-letters-'));
  await start('default');
});
afterAll(async () => {
  await cairn.end('SIGTERM');
  await rm(home, { recursive: true, force: true });
});

async function start(tenants: string): Promise<void> {
  const env = { CAIRN_DATA_DIR: join(home, 'data'), CAIRN_LOG_LEVEL: 'warn', CAIRN_NATS_TENANTS: tenants };
  cairn = await RunningServe.start(['serve'], env);
}

async function shell(script: string): Promise<string> {
  const command = `cairn() { ${JSON.stringify(process.execPath)} ${JSON.stringify(BINARY)} "$@"; }\n${script}`;
  const env = { ...process.env, CAIRN_DATA_DIR: join(home, 'data') };
  return (await run('bash', ['-euo', 'pipefail', '-c', command], { cwd: home, env, timeout: 100_000 })).stdout;
}

/** What a careless producer sends over NATS. */
async function send(): Promise<void> {
  const { nats_url: url } = await cairn.runtime();
  const nats = await connectNats({ url, name: 'test', log: createLogger({ name: 'test', level: 'silent', pretty: 'off' }) });
  const event = (id: string, more: object) =>
    JSON.stringify({ event_id: id, type: 'build.succeeded', actor: { user_id: 'ada' }, occurred_at: '2026-04-12T10:15:00Z', ...more });
  const ofAcme = ['a', 'b', 'c'].map((id) => event(id, { actor: { user_id: 'ada', tenant_id: 'acme' } }));
  const bodies = [...ofAcme, '{', 'no', event('d', {}), event('d', { properties: { n: 1 } })];
  for (const body of bodies) await jetstream(nats).publish('events.build.succeeded', body);
  await nats.close();
}

async function eventsOf(tenantId: string): Promise<string[]> {
  const { database_url: url } = await cairn.runtime();
  const database = openDatabase({ url, applicationName: 'test', onError: () => undefined });
  const { rows } = await database.pool.query<{ event_id: string }>(
    'SELECT event_id FROM events JOIN tenants USING (tenant_key) WHERE tenant_id = $1 ORDER BY event_id',
    [tenantId],
  );
  await database.close();
  return rows.map(({ event_id: id }) => id);
}

describe.skipIf(!hasBash)('the runbook for dead letters that grow', () => {
  // proves: dead-letters-go-back
  it(
    'brings in what a setting kept out, and takes away the rest, followed as it is written',
    async () => {
      await send();
      await eventually(async () => expect(JSON.parse(await shell('cairn status --json'))).toMatchObject({ dead_letters: 6, lag: 0 }));
      const printed: string[] = [];
      for (const [, step, script] of (await readFile(RUNBOOK, 'utf8')).matchAll(STEP)) {
        if (step === 'stop') expect(await cairn.end('SIGTERM')).toBe(0);
        else if (step === 'start') await start('default,acme');
        else printed.push(await shell(script ?? ''));
      }
      const [codes, some, redriven, discarded, left] = printed;
      expect(codes).toMatch(/1 {2}idempotency_conflict .*\n +2 {2}invalid_json .*\n +3 {2}tenant_forbidden /);
      expect(some).toContain('"tenant_id": "acme"');
      expect(redriven).toBe('3 letters redriven\n');
      expect(discarded).toBe('2 letters discarded\n1 letter discarded\n');
      expect(JSON.parse(left ?? '')).toEqual({ items: [], next_cursor: null });
      expect(await eventsOf('acme')).toEqual(['a', 'b', 'c']);
      expect(await eventsOf('default')).toEqual(['d']);
    },
    TIMEOUT_MS,
  );

  // proves: dead-letters-go-back
  it(
    'tells the history of what was redriven and came back, and counts nothing of it',
    async () => {
      await send();
      await eventually(async () => expect(JSON.parse(await shell('cairn status --json'))).toMatchObject({ dead_letters: 3, lag: 0 }));
      for (const times of [1, 2]) {
        // It fails, since they come back.
        await expect(shell('cairn dlq redrive --all')).rejects.toMatchObject({ code: 1, stdout: '3 letters redriven\n' });
        await eventually(async () => {
          const { items } = JSON.parse(await shell('cairn dlq ls --json')) as { items: { id: number; redrives: number }[] };
          expect(items.map(({ redrives }) => redrives)).toEqual([times, times, times]);
        });
      }
      const { items } = JSON.parse(await shell('cairn dlq ls --json')) as { items: { id: number }[] };
      const shown = await shell(`cairn dlq show ${items[0]?.id}`);
      expect(shown).toMatch(/Tries before \(2\):\n.*redriven by dev\)\n.*redriven by dev\)\n/);
      expect(await eventsOf('default')).toEqual(['d']);
    },
    TIMEOUT_MS,
  );
});
