import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@cairn/store';
import { eventually, freePort } from '@cairn/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endLeftBehind, follow, hasTool, type Reader, shell } from './testing/Runbook.js';
import { RunningServe } from './testing/RunningServe.js';

/** A runbook starts a dozen processes. */
const TIMEOUT_MS = 400_000;
const DISK = 'size=256m,mode=755';
const USERS = 5;
const EVENTS = 60;
const PACK = {
  pack: 'test',
  achievements: [
    {
      slug: 'ten',
      name: 'Ten',
      reason: 'We want to see it counted.',
      xp_reward: 10,
      criteria: { type: 'count', event: 'build.succeeded', threshold: 10 },
    },
    {
      slug: 'many',
      name: 'Many',
      reason: 'We want to see it counted on.',
      criteria: { type: 'count', event: 'build.succeeded', threshold: 1_000 },
    },
  ],
};

let home: string;
let cairn: RunningServe;
let isMounted: boolean;
/** The same after a restart: what the command keeps is for the server of that address. */
let port: number;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cairn-incident-'));
  isMounted = false;
  port = await freePort();
});
afterEach(async () => {
  try {
    await cairn.end('SIGTERM');
  } finally {
    if (isMounted) execFileSync('umount', [join(home, 'data', 'nats')]);
    await rm(home, { recursive: true, force: true });
  }
});

async function start(target = 'all'): Promise<void> {
  cairn = await RunningServe.start(['serve', '--target', target], {
    CAIRN_DATA_DIR: join(home, 'data'),
    CAIRN_LOG_LEVEL: 'error',
    CAIRN_PORT: String(port),
  });
}

/** As an operator's shell has it. */
async function env(): Promise<Record<string, string>> {
  const own = { CAIRN_DATA_DIR: join(home, 'data'), ARCHIVE: join(home, 'archive') };
  const { url, nats_url: natsUrl, database_url: databaseUrl } = await cairn.runtime();
  return { ...own, CAIRN_URL: url, NATS_URL: natsUrl, DATABASE_URL: databaseUrl };
}

function reader(steps: Reader['steps'] = {}): Reader {
  const stop = async (): Promise<void> => expect(await cairn.end('SIGTERM')).toBe(0);
  return { home, env, steps: { stop, start: () => start(), ...steps } };
}

async function aHistory(flags = ''): Promise<void> {
  await writeFile(join(home, 'pack.json'), JSON.stringify(PACK));
  const events = Array.from({ length: EVENTS }, (_, n) => ({
    event_id: `b-${n}`,
    type: 'build.succeeded',
    actor: { user_id: `user-${n % USERS}` },
    occurred_at: new Date(Date.UTC(2026, 3, 12, 10, n)).toISOString(),
  }));
  await writeFile(join(home, 'events.jsonl'), events.map((event) => JSON.stringify(event)).join('\n'));
  await shell(`cairn packs apply pack.json --no-wait\ncairn import jsonl events.jsonl ${flags}`, reader());
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const { url, token } = await cairn.runtime();
  return fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } });
}

async function unlocks(): Promise<number> {
  return ((await (await ask('/v1/unlocks')).json()) as { items: unknown[] }).items.length;
}

/** Mounting takes root, and a machine that allows it. */
function canMount(): boolean {
  const dir = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'cairn-test', dir]).status === 0;
  if (mounted) execFileSync('umount', [dir]);
  execFileSync('rmdir', [dir]);
  return mounted;
}

describe.skipIf(!hasTool('bash'))('a runbook for an incident, followed as it is written', () => {
  // proves: runbooks-hold
  it(
    'finds a storm of duplicates, sees it end, and nothing counted twice',
    async () => {
      await start();
      await aHistory();
      await shell('cairn import jsonl events.jsonl\ncairn import jsonl events.jsonl', reader());
      const printed = await follow('duplicate-storm.md', reader());
      expect(printed[0]).toContain(`cairn_ingest_events_total{door="http",status="duplicate"} ${2 * EVENTS}`);
      expect(printed.at(-2)).toContain('no more duplicates');
      expect(printed.at(-1)).toContain('No difference');
      expect(await unlocks()).toBe(USERS);
    },
    TIMEOUT_MS,
  );

  // proves: runbooks-hold
  it(
    'starts an evaluator where there is none, and all is evaluated',
    async () => {
      await start('ingest,notifier,api');
      await aHistory('--no-wait');
      try {
        const printed = await follow('evaluator-lag.md', reader());
        expect(printed[0]).toContain('without an evaluator: 0, 1, 2, 3, 4, 5, 6, 7');
        expect(printed.at(-1)).toContain('0, all is evaluated');
        expect(await unlocks()).toBe(USERS);
      } finally {
        await endLeftBehind(home);
      }
    },
    TIMEOUT_MS,
  );

  // proves: runbooks-hold
  it.skipIf(!hasTool('psql'))(
    'finds out whom a partition waits for, and ends that',
    async () => {
      await start();
      await aHistory();
      const { database_url: url } = await cairn.runtime();
      const database = openDatabase({ url, applicationName: 'somebody', onError: () => undefined });
      const session = await database.pool.connect();
      // It is ended from outside, which is what the runbook is for.
      session.on('error', () => undefined);
      try {
        await session.query('SET idle_in_transaction_session_timeout = 0');
        await session.query('BEGIN');
        await session.query(
          "SELECT FROM user_state JOIN users USING (tenant_key, user_key) WHERE user_id = 'user-0' FOR UPDATE OF user_state",
        );
        await shell('cairn track build.succeeded --user user-0', reader());
        await eventually(
          async () => {
            const { rows } = await database.pool.query('SELECT 1 FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0');
            expect(rows).not.toEqual([]);
          },
          { timeoutMs: 60_000 },
        );
        const printed = await follow('stuck-partition.md', reader());
        expect(printed[0]).toMatch(/behind +partition \d by \d+, standalone/);
        expect(printed[2]).toContain('somebody');
        expect(printed.at(-1)).toContain('0, all is evaluated');
      } finally {
        session.release(true);
        await database.close();
      }
    },
    TIMEOUT_MS,
  );

  // proves: runbooks-hold
  it.skipIf(!canMount())(
    'makes room on a full disk, and takes in what was kept meanwhile',
    async () => {
      const disk = join(home, 'data', 'nats');
      await mkdir(disk, { recursive: true });
      execFileSync('mount', ['-t', 'tmpfs', '-o', DISK, 'cairn-test', disk]);
      isMounted = true;
      await start();
      await aHistory();
      const { blocks, bfree, bsize } = await statfs(disk);
      execFileSync('mount', ['-o', `remount,size=${(blocks - bfree) * bsize}`, disk]);
      const large = Array.from({ length: 500 }, (_, n) => ({
        event_id: `large-${n}`,
        type: 'report.filed',
        actor: { user_id: 'ada' },
        occurred_at: '2026-04-12T10:15:00Z',
        properties: { text: 'x'.repeat(4_000) },
      }));
      const refused = await ask('/v1/events', { method: 'POST', body: JSON.stringify(large) });
      expect(refused.status).toBe(503);
      expect(await shell('cairn track build.succeeded --user user-0', reader())).toContain('kept');
      const makeRoom = async (): Promise<void> => {
        execFileSync('mount', ['-o', `remount,${DISK}`, disk]);
        await Promise.resolve();
      };
      const printed = await follow('full-disk.md', reader({ 'make-room': makeRoom }));
      expect(printed[0]).toMatch(/not ready +jetstream: /);
      expect(printed.at(-2)).toContain('accepted');
      expect(printed.at(-1)).toContain('No difference');
      const { items } = (await (await ask('/v1/users/user-0/progress')).json()) as { items: { slug: string; value: number }[] };
      expect(items.find(({ slug }) => slug === 'many')?.value).toBe(EVENTS / USERS + 1);
    },
    TIMEOUT_MS,
  );

  // proves: runbooks-hold
  it(
    'goes to another version with a way back, and finds no difference',
    async () => {
      await start();
      await aHistory();
      const printed = await follow('schema-migration.md', reader());
      expect(printed.at(-1)).toContain('No difference');
      expect(await unlocks()).toBe(USERS);
    },
    TIMEOUT_MS,
  );
});
