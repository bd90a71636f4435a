import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { answerJson, startRemoteHost } from '@cairn/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from './runCli.js';
import { writeRuntimeFile } from './runtimeFile.js';
import { callCli } from './testing/callCli.js';
import { type RecordingHost, startRecordingHost } from './testing/recordingHost.js';
import { temporaryDirectory } from './testing/temporaryDirectory.js';

/** Nothing listens there, and nothing may: the port belongs to «discard». */
const NOWHERE = 'http://127.0.0.1:9';

async function newEnv(): Promise<{ CAIRN_DATA_DIR: string }> {
  return { CAIRN_DATA_DIR: await temporaryDirectory() };
}

async function remoteEnd(): Promise<RecordingHost> {
  const host = await startRecordingHost();
  onTestFinished(() => host.stop());
  return host;
}

describe('wrong usage exits with 2, and prints nothing that a script would take for a result', () => {
  it.each([
    [[]],
    [['nope']],
    [['import']],
    [['import', 'svn', '.']],
    [['packs', 'lint']],
    [['progress']],
    [['progress', 'a', 'b']],
    [['progress', 'a', '--team', 'b']],
    [['unlocks', 'a', '--team', 'b']],
    [['explain', 'a']],
    [['track', 'build.succeeded']],
    [['track', '--user', 'u']],
    [['track', 'build.succeeded', '--user']],
    [['track', 'build.succeeded', '--user', 'u', '--prop', 'x']],
    [['track', 'build.succeeded', '--user', 'u', '--prop', '=x']],
    [['track', 'build.succeeded', '--user', 'u', 'x']],
    [['track', 'build.succeeded', '--user', 'u', '--at', 'yesterday']],
    [['track', 'build.succeeded', '--user', 'u', '--platform', 'amiga']],
    [['track', 'Build Succeeded', '--user', 'u']],
    [['track', 'achievement.unlocked', '--user', 'u']],
    [['track', 'build.succeeded', '--user', '']],
    [['unlocks', '--limit', '0']],
    [['unlocks', '--limit', 'ten']],
    [['status', '--frobnicate']],
    [['status', '--url']],
    [['status', '--url', 'not a url']],
  ])('cairn %j', async (argv) => {
    const env = await newEnv();
    const called = await callCli(argv, { env });
    expect(called).toMatchObject({ exitCode: 2, stdout: '' });
    expect(called.stderr).not.toBe('');
    expect(await readdir(env.CAIRN_DATA_DIR)).toEqual([]);
  });
});

describe('an empty argument is wrong usage, and is named', () => {
  it.each([
    [['progress', ''], 'user'],
    [['unlocks', ''], 'user'],
    [['xp', ' '], 'user'],
    [['explain', '', 'x'], 'user'],
    [['explain', 'ada', ''], 'slug'],
    [['explain', 'ada', 'x', '--event', ''], '--event <id>'],
    [['tail', '--user', ''], '--user <id>'],
    [['import', 'git', ''], 'path'],
    [['import', 'jsonl', ''], 'file'],
    [['packs', 'lint', 'git', ''], 'files'],
  ])('cairn %j', async (argv, name) => {
    const host = await remoteEnd();
    const called = await callCli(argv, { env: { ...(await newEnv()), CAIRN_URL: host.url } });
    expect(called).toMatchObject({ exitCode: 2, stdout: '' });
    expect(called.stderr).toContain(`'${name}'`);
    expect(called.stderr).toContain('must not be empty');
    expect(host.arrived).toEqual([]);
  });
});

describe('help exits with 0', () => {
  it.each([
    ['track'],
    ['import git'],
    ['import jsonl'],
    ['packs lint'],
    ['packs test'],
    ['packs schema'],
    ['packs diff'],
    ['packs apply'],
    ['progress'],
    ['unlocks'],
    ['xp'],
    ['explain'],
    ['dlq ls'],
    ['dlq show'],
    ['dlq redrive'],
    ['dlq discard'],
    ['tail'],
    ['status'],
  ])('and shows examples: %s', async (command) => {
    const called = await callCli([...command.split(' '), '--help']);
    expect(called.exitCode).toBe(0);
    expect(called.stdout).toContain(`Usage: cairn ${command}`);
    expect(called.stdout).toMatch(/Examples:\n {2}\$ /);
    expect(called.stdout).toContain('--json');
  });

  it('lists every command', async () => {
    const { exitCode, stdout } = await callCli(['--help']);
    expect(exitCode).toBe(0);
    for (const command of ['track', 'import', 'packs', 'progress', 'unlocks', 'xp', 'explain', 'dlq', 'tail', 'status'])
      expect(stdout).toContain(`\n  ${command} `);
  });

  it('says what is required, and what an argument is', async () => {
    const track = (await callCli(['track', '--help'])).stdout;
    expect(track).toMatch(/--user <id> +who did it; required/);
    expect(track).not.toContain('(default: [])');
    for (const command of ['progress', 'unlocks', 'xp', 'explain'])
      expect((await callCli([command, '--help'])).stdout).toMatch(/\n {2}user +whose; /);
  });

  it('has serve where servers are handed in', async () => {
    const targets: string[] = [];
    const serve = async (target: string) => {
      targets.push(target);
      return 0 as const;
    };
    expect(await callCli(['serve'], { serve })).toMatchObject({ exitCode: 0 });
    expect(await callCli(['serve', '--target', 'ingest,api'], { serve })).toMatchObject({ exitCode: 0 });
    expect(targets).toEqual(['all', 'ingest,api']);
    expect(await callCli(['serve'])).toMatchObject({ exitCode: 2 });
  });
});

describe('failure exits with 1, and says what to do', () => {
  it('without a server', async () => {
    const called = await callCli(['status'], { env: await newEnv() });
    expect(called).toMatchObject({ exitCode: 1, stdout: '' });
    expect(called.stderr).toContain('cairn serve');
  });

  it('with a server that cannot be reached', async () => {
    const called = await callCli(['status', '--url', NOWHERE], { env: await newEnv() });
    expect(called).toMatchObject({ exitCode: 1, stdout: '' });
    expect(called.stderr).toContain('its port is reserved for another service');
    expect(called.stderr).toContain('in a clone: npm start');
  });

  it('with a file that is not there, or is a directory', async () => {
    const env = await newEnv();
    const host = await remoteEnd();
    const directory = env.CAIRN_DATA_DIR;
    const missing = join(directory, 'none');
    for (const command of ['packs lint', 'packs apply', 'import jsonl', 'import git'])
      expect(await callCli([...command.split(' '), missing, '--url', host.url], { env })).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(`error: ${missing} does not exist`) as string,
      });
    expect((await callCli(['import', 'jsonl', directory, '--url', host.url], { env })).stderr).toContain(`${directory} is a directory`);
    for (const command of ['packs lint', 'packs apply'])
      expect((await callCli([...command.split(' '), directory, '--url', host.url], { env })).stderr).toContain(
        `${directory}: there is no pack`,
      );
    expect((await callCli(['packs', 'lint', missing], { env })).stderr).toContain('git, onboarding, incident-response, skyflow');
  });

  it('with a refusal, naming its code', async () => {
    const host = await startRemoteHost((_request, response) =>
      answerJson(response, 401, { code: 'unauthorized', detail: 'this needs a token' }),
    );
    onTestFinished(() => host.stop());
    const called = await callCli(['progress', 'u', '--json'], { env: { ...(await newEnv()), CAIRN_URL: host.url } });
    expect(called).toMatchObject({ exitCode: 1, stdout: '' });
    expect(called.stderr).toContain('this needs a token (unauthorized)');
    expect(called.stderr).toContain('--token');
  });
});

describe('track', () => {
  it('sends what was said, to the server of the data directory, with its token', async () => {
    const host = await remoteEnd();
    const env = await newEnv();
    await writeRuntimeFile(env.CAIRN_DATA_DIR, { url: host.url, nats_url: '', database_url: '', token: 'local', pid: process.pid });
    const called = await callCli(
      [
        'track',
        'incident.resolved',
        '--user',
        'ada',
        '--prop',
        'severity=sev2',
        '--prop',
        'minutes=42',
        'open=false',
        '--at',
        '2026-04-12T10:15:00Z',
        '--ref',
        'inc-1',
        '--json',
      ],
      { env },
    );
    expect(called).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(called.stdout)).toMatchObject({ status: 'accepted', sequence: 1 });
    expect(host.taken).toMatchObject([
      {
        type: 'incident.resolved',
        actor: { user_id: 'ada' },
        occurred_at: '2026-04-12T10:15:00Z',
        properties: { severity: 'sev2', minutes: 42, open: false },
        source: { ref: 'inc-1' },
      },
    ]);
    expect(host.arrived[0]?.headers.authorization).toBe('Bearer local');
  });

  it('is the same event with the same key, said again later', async () => {
    const host = await remoteEnd();
    const env = { ...(await newEnv()), CAIRN_URL: host.url };
    const call = ['track', 'deploy.done', '--user', 'ci', '--key', 'deploy-1'];
    expect((await callCli(call, { env })).stdout).toMatch(/^accepted /);
    const saidAt = Date.now();
    while (Date.now() === saidAt) await setImmediate();
    expect((await callCli(call, { env })).stdout).toMatch(/^duplicate /);
    expect(host.taken).toHaveLength(1);
  });

  it('keeps the event where there is no server, and the next command that reaches it sends it', async () => {
    const env = await newEnv();
    for (const user of ['u1', 'u2']) {
      const offline = await callCli(['track', 'build.succeeded', '--user', user, '--json'], { env });
      expect(offline.exitCode).toBe(0);
      expect(offline.stderr).toContain('kept');
      expect(JSON.parse(offline.stdout)).toMatchObject({ status: 'kept', event_id: expect.stringMatching(/-7[0-9a-f]{3}-/) as string });
    }
    const host = await remoteEnd();
    await writeRuntimeFile(env.CAIRN_DATA_DIR, { url: host.url, nats_url: '', database_url: '', token: 'local', pid: process.pid });
    const status = await callCli(['status'], { env });
    expect(status.exitCode).toBe(0);
    expect(status.stderr).toContain('2 events kept from before');
    expect(host.taken.map(({ actor }) => actor.user_id)).toEqual(['u1', 'u2']);
    expect((await callCli(['status'], { env })).stderr).toBe('');
    expect(host.taken).toHaveLength(2);
  });

  it('keeps the event of a server that is down for that server', async () => {
    const host = await remoteEnd();
    host.requestsUntilDown = 0;
    const env = { ...(await newEnv()), CAIRN_URL: host.url };
    expect(await callCli(['track', 'build.succeeded', '--user', 'u'], { env })).toMatchObject({ exitCode: 0 });
    const other = await remoteEnd();
    await callCli(['status', '--url', other.url], { env });
    expect(other.taken).toEqual([]);
    host.requestsUntilDown = 10;
    await callCli(['track', 'build.succeeded', '--user', 'v'], { env });
    expect(host.taken.map(({ actor }) => actor.user_id).sort()).toEqual(['u', 'v']);
  });

  it('does not keep what the server refuses', async () => {
    const host = await startRemoteHost((_request, response) =>
      answerJson(response, 422, { code: 'schema_mismatch', detail: 'properties.step is missing' }),
    );
    onTestFinished(() => host.stop());
    const env = { ...(await newEnv()), CAIRN_URL: host.url };
    const called = await callCli(['track', 'build.succeeded', '--user', 'u'], { env });
    expect(called).toMatchObject({ exitCode: 1 });
    expect(called.stderr).toContain('schema_mismatch');
    expect(await readdir(env.CAIRN_DATA_DIR)).toEqual([]);
  });
});

describe('import jsonl', () => {
  const event = (id: string) => JSON.stringify({ event_id: id, type: 'a.b', actor: { user_id: 'u' }, occurred_at: '2026-04-12T10:15:00Z' });

  it('reads a pipe, and prints one document', async () => {
    const host = await remoteEnd();
    const called = await callCli(['import', 'jsonl', '-', '--json'], {
      env: { ...(await newEnv()), CAIRN_URL: host.url },
      input: `${event('a')}\n${event('b')}`,
    });
    expect(called).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(called.stdout)).toMatchObject({
      source: 'standard input',
      read: 2,
      accepted: 2,
      duplicates: 0,
      rejected: 0,
      skipped: 0,
      evaluated: true,
    });
  });

  it('says that nothing was read', async () => {
    const host = await remoteEnd();
    const called = await callCli(['import', 'jsonl', '-', '--json'], { env: { ...(await newEnv()), CAIRN_URL: host.url }, input: '\n' });
    expect(called).toMatchObject({ exitCode: 0, stderr: 'cairn: nothing was read: standard input holds no events\n' });
    expect(JSON.parse(called.stdout)).toMatchObject({ read: 0 });
  });

  it('exits with 1 where a line was no event, after the others', async () => {
    const host = await remoteEnd();
    const env = { ...(await newEnv()), CAIRN_URL: host.url };
    const path = join(env.CAIRN_DATA_DIR, 'events.jsonl');
    await writeFile(path, `${event('a')}\nnonsense\n${event('b')}\n`);
    const called = await callCli(['import', 'jsonl', path, '--no-wait'], { env });
    expect(called.exitCode).toBe(1);
    expect(called.stdout).toMatch(/accepted +2/);
    expect(called.stdout).toMatch(/skipped +1 +invalid_json/);
    expect(called.stderr).toContain('line 2: the line is not JSON: ');
    expect(host.taken).toHaveLength(2);
    expect(await callCli(['import', 'jsonl', path, '--strict'], { env })).toMatchObject({ exitCode: 1, stdout: '' });
  });
});

describe('packs', () => {
  it('lint says file, line, column and what is wrong', async () => {
    const path = join(await temporaryDirectory(), 'bad.yaml');
    await writeFile(path, 'pack: bad\nachievement: []\n');
    const called = await callCli(['packs', 'lint', 'git', path, '--offline']);
    expect(called.exitCode).toBe(1);
    expect(called.stdout).toContain(`${path}:2:1: error unknown_field: achievement `);
    const json = JSON.parse((await callCli(['packs', 'lint', path, '--json', '--offline'])).stdout) as { items: unknown[] };
    expect(json.items).toMatchObject([{ file: path, line: 2, column: 1, path: 'achievement' }]);
    expect(await callCli(['packs', 'lint', 'git', '--offline'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await callCli(['packs', 'lint', `${path}.none`])).toMatchObject({ exitCode: 1 });
  });

  it('apply publishes all packs or none', async () => {
    const published: string[] = [];
    // The history is evaluated by it in two looks.
    const recounts = [{ partition: 0, since_sequence: 1, slugs: ['a'], xp_rules: [], progress: 0.5 }];
    const host = await startRemoteHost((request, response) => {
      if (request.path === '/v1/status') {
        const pending = recounts.splice(0);
        const log = { last_sequence: 1 };
        answerJson(response, 200, { log, evaluated_sequence: 1, lag: 1, dead_letters: 0, partitions: [], recounts: pending, version: '1' });
        return;
      }
      published.push(`${request.method} ${request.path}`);
      answerJson(response, 200, {
        pack: (JSON.parse(request.body) as { pack: string }).pack,
        changed: true,
        sequence: 1,
        in_effect: true,
        xp_rules_changed: false,
        ranks_changed: false,
        changes: [{ slug: 'a', change: 'added', version: 1 }],
      });
    });
    onTestFinished(() => host.stop());
    const env = { ...(await newEnv()), CAIRN_URL: host.url };
    const bad = join(env.CAIRN_DATA_DIR, 'bad.yaml');
    await writeFile(bad, 'pack: bad\nachievement: []\n');
    expect(await callCli(['packs', 'apply', 'git', bad], { env })).toMatchObject({ exitCode: 1, stdout: '' });
    expect(published).toEqual([]);
    expect((await callCli(['packs', 'apply', 'git', 'skyflow'], { env })).stdout).toContain(
      'git: 1 added, 0 changed, 0 unchanged, 0 retired',
    );
    expect(published).toEqual(['PUT /v1/admin/packs/git', 'PUT /v1/admin/packs/skyflow']);
  });
});

describe('what is printed', () => {
  it('joins all pages into one document', async () => {
    const host = await startRemoteHost((request, response) => {
      const page = Number(new URL(request.path, 'http://x').searchParams.get('cursor') ?? 0);
      answerJson(response, 200, { items: [{ unlock_id: `u${page}` }], next_cursor: page === 2 ? null : String(page + 1) });
    });
    onTestFinished(() => host.stop());
    const env = { ...(await newEnv()), CAIRN_URL: host.url };
    for (const argv of [
      ['unlocks', '--json'],
      ['--json', 'unlocks'],
      ['unlocks', 'ada', '--json'],
    ]) {
      expect(JSON.parse((await callCli(argv, { env })).stdout)).toEqual({
        items: [{ unlock_id: 'u0' }, { unlock_id: 'u1' }, { unlock_id: 'u2' }],
        next_cursor: null,
      });
    }
    const cut = await callCli(['unlocks', '--json', '--limit', '2'], { env });
    expect(JSON.parse(cut.stdout)).toEqual({ items: [{ unlock_id: 'u0' }, { unlock_id: 'u1' }], next_cursor: null });
    expect(cut.stderr).toBe('cairn: 2 unlocks printed, as --limit says; there are more\n');
    expect((await callCli(['unlocks', '--json', '--limit', '3'], { env })).stderr).toBe('');
  });

  it('shows first what is unlocked or nearest to it, and counts what was not begun', async () => {
    const item = (slug: string, status: string, value: number) => ({ slug, name: slug, status, value, threshold: 10, eligible: true });
    const untouched = [item('e', 'locked', 0), item('f', 'locked', 0)];
    const begun = [item('d', 'progressing', 2), item('c', 'progressing', 9), item('b', 'locked', 1), item('a', 'unlocked', 10)];
    const host = await startRemoteHost((request, response) =>
      answerJson(response, 200, { items: request.path.includes('/ada/') ? [...untouched, ...begun] : untouched }),
    );
    onTestFinished(() => host.stop());
    const env = { ...(await newEnv()), CAIRN_URL: host.url };
    const slugsOf = (table: string) =>
      table
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.slice(0, 1));
    const some = await callCli(['progress', 'ada'], { env });
    expect(slugsOf(some.stdout)).toEqual(['a', 'c', 'd', 'b']);
    expect(some.stderr).toBe('2 not begun: --all shows them\n');
    const all = await callCli(['progress', 'ada', '--all'], { env });
    expect(slugsOf(all.stdout)).toEqual(['a', 'c', 'd', 'b', 'e', 'f']);
    expect(all.stderr).toBe('');
    expect(await callCli(['progress', 'eve'], { env })).toMatchObject({
      stdout: '',
      stderr: 'eve has no progress yet.\n2 not begun: --all shows them\n',
    });
    expect(JSON.parse((await callCli(['progress', 'ada', '--json'], { env })).stdout)).toEqual({ items: [...untouched, ...begun] });
  });

  it('shows those of a team under its own name', async () => {
    const item = { slug: 'together', name: 'Together', status: 'progressing', value: 2, threshold: 3, eligible: true };
    const paths: string[] = [];
    const host = await startRemoteHost((request, response) => {
      paths.push(request.path);
      answerJson(response, 200, { items: request.path.includes('platform') ? [item] : [], next_cursor: null });
    });
    onTestFinished(() => host.stop());
    const env = { ...(await newEnv()), CAIRN_URL: host.url };
    expect((await callCli(['progress', '--team', 'platform'], { env })).stdout).toContain('together');
    expect((await callCli(['unlocks', '--team', 'a/b'], { env })).stderr).toContain('No unlocks yet.');
    expect((await callCli(['progress', '--team', 'b'], { env })).stderr).toContain('There are no achievements of teams (scope: team) yet');
    expect(paths.map((path) => path.split('?')[0])).toEqual([
      '/v1/teams/platform/progress',
      '/v1/teams/a%2Fb/unlocks',
      '/v1/teams/b/progress',
    ]);
  });

  it('asks for what became of an event by its id', async () => {
    const paths: string[] = [];
    const host = await startRemoteHost((request, response) => {
      paths.push(request.path);
      answerJson(response, 200, { asked: true });
    });
    onTestFinished(() => host.stop());
    const env = { ...(await newEnv()), CAIRN_URL: host.url };
    expect(await callCli(['explain', 'ada', 'it', '--event', 'evt 1', '--json'], { env })).toMatchObject({ exitCode: 0, stderr: '' });
    await callCli(['explain', 'ada', 'it', '--json'], { env });
    expect(paths).toEqual(['/v1/users/ada/achievements/it/explain?event=evt+1', '/v1/users/ada/achievements/it/explain']);
  });

  it('has colours for people who want them, and for nobody else', async () => {
    const host = await remoteEnd();
    const env = { ...(await newEnv()), CAIRN_URL: host.url };
    const terminal = { stdout: true, stderr: false };
    expect((await callCli(['status'], { env, isTTY: terminal })).stdout).toContain('\u001b[');
    expect((await callCli(['status'], { env: { ...env, NO_COLOR: '1' }, isTTY: terminal })).stdout).not.toContain('\u001b[');
    expect((await callCli(['status'], { env })).stdout).not.toContain('\u001b[');
  });

  it('may be cut off by its reader without a failure', async () => {
    const host = await startRemoteHost((_request, response) =>
      answerJson(response, 200, { items: [{ unlock_id: 'u' }], next_cursor: 'more' }),
    );
    onTestFinished(() => host.stop());
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })) });
    const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
    const exitCode = await runCli({
      argv: ['unlocks', '--json'],
      env: { ...(await newEnv()), CAIRN_URL: host.url },
      stdin: Readable.from([]),
      stdout,
      stderr,
    });
    expect(exitCode).toBe(0);
  });
});

describe('tail', () => {
  const unlock = {
    unlock_id: 'x',
    user_id: 'ada',
    achievement: { slug: 's', name: 'Steady', version: 1, rarity: 'common', category: 'c' },
    level: 'gold',
    period: null,
    xp_reward: 50,
    unlocked_at: '2026-04-12T10:15:00Z',
  };

  async function streaming(): Promise<{ env: Record<string, string>; asked: string[] }> {
    const asked: string[] = [];
    const host = await startRemoteHost((request, response) => {
      asked.push(request.path);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`id: 1\nevent: unlock\ndata: ${JSON.stringify(unlock)}\n\nevent: progress\ndata: {}\n\n`);
      response.write(`id: 2\nevent: revoke\ndata: ${JSON.stringify({ ...unlock, revoked_at: '2026-04-13T00:00:00Z', reason: 'r' })}\n\n`);
    });
    onTestFinished(() => host.stop());
    return { env: { ...(await newEnv()), CAIRN_URL: host.url }, asked };
  }

  /** Runs until two lines were printed, and then interrupts. */
  async function tailed(argv: readonly string[], env: Record<string, string>): Promise<{ exitCode: number; lines: string[] }> {
    const controller = new AbortController();
    const lines: string[] = [];
    const stdout = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString('utf8').trimEnd());
        if (lines.length === 2) controller.abort();
        done();
      },
    });
    const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
    const exitCode = await runCli({ argv, env, stdin: Readable.from([]), stdout, stderr, signal: controller.signal });
    return { exitCode, lines };
  }

  it('prints a line for each unlock and revocation, until it is interrupted', async () => {
    const { env, asked } = await streaming();
    const { exitCode, lines } = await tailed(['tail', '--user', 'ada'], env);
    expect(exitCode).toBe(0);
    expect(lines).toEqual(['2026-04-12T10:15:00Z  ada  Steady (gold)  +50 XP', '2026-04-13T00:00:00Z  ada  loses Steady (gold)  -50 XP']);
    expect(asked).toEqual(['/v1/stream?user=ada']);
  });

  it('prints one document a line', async () => {
    const { env } = await streaming();
    const { lines } = await tailed(['tail', '--json'], env);
    expect(JSON.parse(lines[0] ?? '')).toEqual(unlock);
  });
});

describe('commands of others', () => {
  it('are added beside the own ones, and get the same context', async () => {
    const env = await newEnv();
    await mkdir(env.CAIRN_DATA_DIR, { recursive: true });
    const called = await callCli(['where', '--json'], {
      env,
      commands: [
        (program, host) => {
          const command = program.command('where').action(async () => {
            const context = host.contextOf(command);
            await context.output.json({ directory: context.config.dataDirectory, json: context.json });
            host.exit(1);
          });
        },
      ],
    });
    expect(called.exitCode).toBe(1);
    expect(JSON.parse(called.stdout)).toEqual({ directory: env.CAIRN_DATA_DIR, json: true });
  });
});
