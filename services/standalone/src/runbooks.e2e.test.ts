import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connectNats, createLogger } from '@cairn/runtime';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningServe } from './testing/RunningServe.js';

const RUNBOOKS = new URL('../../../docs/how-to/runbooks/', import.meta.url);
const BINARY = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const run = promisify(execFile);
const hasBash = spawnSync('bash', ['--version']).status === 0;
/** What the reader does to Cairn, or types. */
const STEP = /<!-- (?:step: (stop|start)|run) -->(?:\s*```sh\n([\s\S]*?)```)?/g;
/** A runbook starts a dozen processes. */
const TIMEOUT_MS = 400_000;
const USERS = 5;
const EVENTS = 60;
const PACK = {
  pack: 'test',
  achievements: [
    {
      slug: 'ten',
      name: 'Ten',
      description: 'Ten builds.',
      reason: 'We want to see it counted.',
      category: 'test',
      xp_reward: 10,
      criteria: { type: 'count', event: 'build.succeeded', threshold: 10 },
    },
  ],
};

let home: string;
let cairn: RunningServe;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cairn-runbook-'));
  await start();
});
afterEach(async () => {
  await cairn.end('SIGTERM');
  await rm(home, { recursive: true, force: true });
});

async function start(): Promise<void> {
  cairn = await RunningServe.start(['serve'], { CAIRN_DATA_DIR: join(home, 'data'), CAIRN_LOG_LEVEL: 'warn' });
}

async function shell(script: string): Promise<string> {
  const command = `cairn() { ${JSON.stringify(process.execPath)} ${JSON.stringify(BINARY)} "$@"; }\n${script}`;
  const env = { ...process.env, CAIRN_DATA_DIR: join(home, 'data'), ARCHIVE: join(home, 'archive') };
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], { cwd: home, env, timeout: 100_000 });
  return stdout;
}

async function aHistory(): Promise<void> {
  await writeFile(join(home, 'pack.json'), JSON.stringify(PACK));
  const events = Array.from({ length: EVENTS }, (_, n) => ({
    event_id: `b-${n}`,
    type: 'build.succeeded',
    actor: { user_id: `user-${n % USERS}` },
    occurred_at: new Date(Date.UTC(2026, 3, 12, 10, n)).toISOString(),
  }));
  await writeFile(join(home, 'events.jsonl'), events.map((event) => JSON.stringify(event)).join('\n'));
  await shell('cairn packs apply pack.json\ncairn import jsonl events.jsonl');
}

/** What anybody is told who asks. */
async function answers(): Promise<string[]> {
  const { url, token } = await cairn.runtime();
  const users = Array.from({ length: USERS }, (_, n) => `/v1/users/user-${n}`);
  const paths = ['/v1/unlocks', ...users.flatMap((user) => [`${user}/progress`, `${user}/xp`])];
  return Promise.all(paths.map(async (path) => (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })).text()));
}

/** How many unlocks went out. */
async function told(): Promise<number> {
  const { nats_url: url } = await cairn.runtime();
  const nats = await connectNats({ url, name: 'test', log: createLogger({ name: 'test', level: 'silent', pretty: 'off' }) });
  try {
    const { state } = await (await jetstreamManager(nats)).streams.info('EVENTS', { subjects_filter: 'events.achievement.>' });
    return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
  } finally {
    await nats.close();
  }
}

/** All steps of a runbook as it is written. Answers what its last commands printed. */
async function follow(runbook: string): Promise<string> {
  let printed = '';
  const text = await readFile(new URL(runbook, RUNBOOKS), 'utf8');
  for (const [, step, script] of text.matchAll(STEP)) {
    if (step === 'stop') expect(await cairn.end('SIGTERM')).toBe(0);
    else if (step === 'start') await start();
    else printed = await shell(script ?? '');
  }
  return printed;
}

describe.skipIf(!hasBash)('a runbook, followed as it is written', () => {
  // proves: lost-postgres
  it(
    'brings PostgreSQL back from the log: all answers are as they were, and nobody is told again',
    async () => {
      await aHistory();
      const [before, toldBefore] = [await answers(), await told()];
      expect(toldBefore).toBe(USERS);
      const printed = await follow('lost-postgres.md');
      expect(printed).toContain('No difference');
      expect(await answers()).toEqual(before);
      expect(await told()).toBe(toldBefore);
      await shell('cairn import jsonl events.jsonl');
      expect(await answers()).toEqual(before);
    },
    TIMEOUT_MS,
  );

  // proves: lost-jetstream
  it(
    'brings JetStream back from an archive: counting goes on where it was',
    async () => {
      await aHistory();
      await shell('cairn archive export "$ARCHIVE"');
      const before = await answers();
      const printed = await follow('lost-jetstream.md');
      expect(printed).toContain('No difference');
      expect(await answers()).toEqual(before);
      await shell('cairn import jsonl events.jsonl\ncairn track build.succeeded --user user-0 --at 2026-04-13T00:00:00Z');
      expect(await shell('cairn replay --verify && cairn archive export "$ARCHIVE" && cairn archive verify "$ARCHIVE"')).toContain(
        'No difference',
      );
    },
    TIMEOUT_MS,
  );
});
