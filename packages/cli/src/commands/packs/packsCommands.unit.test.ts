import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answerJson, startRemoteHost } from '@cairn/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callCli } from '../../testing/callCli.js';
import { temporaryDirectory } from '../../testing/temporaryDirectory.js';

const achievement = (slug: string, criteria: string, more = ''): string =>
  `  - { slug: ${slug}, name: ${slug}, reason: A test., criteria: ${criteria}${more} }\n`;
const COUNT = '{ type: count, event: build.done, threshold: 2 }';
const PACK = `pack: team\nachievements:\n${achievement('builder', COUNT)}`;

/** Files in a directory of their own. */
async function files(contents: Readonly<Record<string, string>>): Promise<{ directory: string; path: (name: string) => string }> {
  const directory = await temporaryDirectory();
  for (const [name, text] of Object.entries(contents)) {
    await mkdir(join(directory, name, '..'), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return { directory, path: (name) => join(directory, name) };
}

async function json(argv: readonly string[], env: Record<string, string> = {}): Promise<Record<string, unknown>> {
  return JSON.parse((await callCli([...argv, '--json'], { env })).stdout) as Record<string, unknown>;
}

/** A server that knows some types of events, one pack and two plans. */
async function startServer(answers: Readonly<Record<string, unknown>> = {}): Promise<{ env: Record<string, string>; requests: string[] }> {
  const requests: string[] = [];
  const known: Readonly<Record<string, unknown>> = {
    '/v1/achievements': { items: [{ slug: 'theirs', pack: 'others', criteria: { type: 'achievements', slugs: ['builder'] } }] },
    '/v1/admin/packs': { items: [], tier_order: ['free', 'gold'] },
    '/v1/event-types': { items: [{ type: 'build.done', events: 3 }] },
    ...answers,
  };
  const host = await startRemoteHost((request, response) => {
    requests.push(`${request.method} ${request.path}`);
    const answer = known[request.path];
    if (answer === undefined) answerJson(response, 404, { code: 'not_found', title: 'Not found', status: 404 });
    else answerJson(response, 200, answer);
  });
  onTestFinished(() => host.stop());
  return { env: { CAIRN_URL: host.url, CAIRN_DATA_DIR: await temporaryDirectory() }, requests };
}

describe('cairn packs lint', () => {
  it('takes directories, patterns and several files, and looks at them together', async () => {
    const { directory, path } = await files({
      'a.yaml': PACK,
      'below/b.yml': `pack: other\nachievements:\n${achievement('all', '{ type: achievements, slugs: [builder] }')}`,
      'below/node_modules/c.yaml': 'nonsense',
      '.hidden/d.yaml': 'nonsense',
      'package.json': '{}',
    });
    expect(await json(['packs', 'lint', directory, '--offline'])).toEqual({
      items: [],
      files: 2,
      errors: 0,
      warnings: 0,
      checked_against: null,
    });
    expect(await json(['packs', 'lint', `${directory}/**/*.y?ml`, '--offline'])).toMatchObject({ files: 1 });
    expect(await json(['packs', 'lint', `${directory}/*.yaml`, path('a.yaml'), '--offline'])).toMatchObject({ files: 1 });
    expect(await callCli(['packs', 'lint', `${directory}/*.none`, '--offline'])).toMatchObject({ exitCode: 1, stdout: '' });
    await writeFile(path('a2.yaml'), PACK);
    const called = await callCli(['packs', 'lint', directory, '--offline']);
    expect(called.exitCode).toBe(1);
    expect(called.stdout).toContain(`${path('a2.yaml')}:1:7: error duplicate: pack "team" is the name of another of these files`);
  });

  it('says without a server what it did not check', async () => {
    const { path } = await files({ 'a.yaml': PACK });
    const env = { CAIRN_DATA_DIR: await temporaryDirectory() };
    const called = await callCli(['packs', 'lint', path('a.yaml')], { env });
    expect(called).toMatchObject({ exitCode: 0, stdout: `${path('a.yaml')}: 1 achievement, nothing to complain about\n` });
    expect(called.stderr).toContain('no server was asked, so types of events, tiers and achievements of other packs were not checked');
  });

  it('asks the server for types of events, tiers and other packs', async () => {
    const { env } = await startServer();
    const text =
      `pack: team\nachievements:\n` +
      achievement('typo', '{ type: count, event: build.dome, threshold: 2 }') +
      achievement('builder', '{ type: achievements, slugs: [theirs] }') +
      achievement('tiered', COUNT, ', tier_required: golden') +
      achievement('listing', '{ type: achievements, slugs: [tiered, nothing] }');
    const { path } = await files({ 'a.yaml': text });
    const called = await callCli(['packs', 'lint', path('a.yaml')], { env });
    expect(called.exitCode).toBe(1);
    expect(
      called.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(path('a.yaml').length + 1)),
    ).toEqual([
      expect.stringMatching(/^3:80: warning unseen_event_type: .*did you mean build\.done\?$/),
      expect.stringMatching(/^4:\d+: error cycle: .*builder → theirs → builder/),
      expect.stringMatching(/^5:\d+: error unknown_tier: .*did you mean gold\?$/),
      expect.stringMatching(/^6:\d+: error unknown_slug: .*"nothing" is neither here nor published/),
    ]);
    expect(called.stderr).toContain('3 errors, 1 warning');
  });

  it('does not fail for warnings alone, nor for a server that cannot say', async () => {
    const { path } = await files({ 'a.yaml': PACK.replace('build.done', 'other.thing') });
    const { env } = await startServer();
    expect(await callCli(['packs', 'lint', path('a.yaml')], { env })).toMatchObject({ exitCode: 0 });
    expect(await json(['packs', 'lint', path('a.yaml')], env)).toMatchObject({ errors: 0, warnings: 1, checked_against: env.CAIRN_URL });
    const empty = await startServer({ '/v1/event-types': { items: [] } });
    const called = await callCli(['packs', 'lint', path('a.yaml')], { env: empty.env });
    expect(called).toMatchObject({ exitCode: 0, stderr: 'cairn: no event was sent yet, so types of events were not checked\n' });
    const old = await startServer({ '/v1/event-types': undefined });
    expect((await callCli(['packs', 'lint', path('a.yaml')], { env: old.env })).stderr).toContain('the server did not say');
  });
});

describe('cairn packs test', () => {
  const tests = `tests:
  - name: two builds
    when:
      - { type: build.done, times: 2 }
    then: { unlocks: [builder] }
  - name: one build is enough
    when:
      - { type: build.done }
    then:
      unlocks: [builder]
      progress: { builder: 2 }
`;

  it('runs the cases that stand in a pack, and says why one fails', async () => {
    const { path } = await files({ 'a.yaml': PACK + tests });
    const called = await callCli(['packs', 'test', path('a.yaml')]);
    expect(called.exitCode).toBe(1);
    const [name, first, second, missing, why, progress] = called.stdout.split('\n');
    expect(name).toBe(path('a.yaml'));
    expect(first).toBe('  ✓ two builds');
    expect(second).toBe(`  ✗ one build is enough  ${path('a.yaml')}:9:11`);
    expect(missing).toBe(`      builder was not unlocked  ${path('a.yaml')}:13:7`);
    expect(why).toMatch(/^ {8}why: .*builder/);
    expect(progress).toBe(`      the value of builder was expected to be 2, and is 1  ${path('a.yaml')}:14:19`);
    expect(called.stdout.trimEnd()).toMatch(/1 failed, 1 passed$/);
    expect(await json(['packs', 'test', path('a.yaml')])).toMatchObject({
      passed: 1,
      failed: 1,
      items: [
        { pack: 'team', name: 'two builds', passed: true, unlocks: ['builder'], failures: [] },
        {
          name: 'one build is enough',
          line: 9,
          column: 11,
          passed: false,
          failures: [{ code: 'missing_unlock', line: 13 }, { code: 'wrong_progress' }],
        },
      ],
    });
  });

  it('runs none where a file is wrong, and is content with packs without cases', async () => {
    const { path } = await files({ 'a.yaml': PACK + tests.replace('[builder]', '[bilder]'), 'b.yaml': PACK });
    const called = await callCli(['packs', 'test', path('a.yaml')]);
    expect(called).toMatchObject({ exitCode: 1, stdout: '' });
    expect(called.stderr).toContain(
      `${path('a.yaml')}:8:23: error unknown_slug: tests[0].then.unlocks[0] there is no achievement "bilder"`,
    );
    expect(await callCli(['packs', 'test', path('b.yaml')])).toMatchObject({ exitCode: 0, stderr: 'cairn: team holds no tests\n' });
  });

  it('passes for all packs that come with Cairn, which all have cases', async () => {
    const names = ['git', 'onboarding', 'incident-response', 'skyflow'];
    const { items, failed } = (await json(['packs', 'test', ...names])) as { items: { pack: string }[]; failed: number };
    expect(failed).toBe(0);
    expect(new Set(items.map(({ pack }) => pack))).toEqual(new Set(names));
  });
});

describe('cairn packs diff', () => {
  const answer = {
    pack: 'team',
    users: 12,
    changes: [
      { slug: 'builder', change: 'changed', version: 3, on_publish: 'recount', fields: [{ field: 'criteria.threshold', from: 1, to: 2 }] },
      { slug: 'same', change: 'unchanged', version: 1, on_publish: null, fields: [] },
      { slug: 'old', change: 'retired', version: 2, on_publish: null, fields: [] },
    ],
    xp_rules: [{ id: 'r', change: 'added', fields: [] }],
    ranks: [],
  };

  it('shows what the server says, and changes nothing', async () => {
    const { env, requests } = await startServer({ '/v1/admin/packs/team/diff': answer });
    const { path } = await files({ 'a.yaml': PACK });
    const called = await callCli(['packs', 'diff', path('a.yaml')], { env });
    expect(called).toMatchObject({ exitCode: 0, stderr: '' });
    expect(called.stdout.split('\n')).toEqual([
      'team: 0 added, 1 changed, 1 retired, 1 unchanged',
      '  ~ builder  v3  recounts the history of 12 users',
      '      criteria.threshold: 1 → 2',
      '  - old  v2  is retired; unlocks that are held stay',
      '  XP rules',
      '  + r',
      '',
    ]);
    expect(await json(['packs', 'diff', path('a.yaml')], env)).toEqual(answer);
    expect(await callCli(['packs', 'diff', path('a.yaml'), '--exit-code'], { env })).toMatchObject({ exitCode: 1 });
    expect(new Set(requests)).toEqual(new Set(['POST /v1/admin/packs/team/diff']));
  });

  it('compares two files without a server', async () => {
    const { path } = await files({
      'old.yaml': PACK,
      'new.yaml': PACK.replace('threshold: 2', 'threshold: 5').replace('}\n', '}\n'),
      'same.yaml': `# text only\n${PACK}`,
    });
    const called = await callCli(['packs', 'diff', path('new.yaml'), '--against', path('old.yaml'), '--exit-code']);
    expect(called).toMatchObject({
      exitCode: 1,
      stdout: 'team: 0 added, 1 changed, 0 retired, 0 unchanged\n  ~ builder  recounts the history\n      criteria.threshold: 2 → 5\n',
    });
    expect(await callCli(['packs', 'diff', path('same.yaml'), '--against', path('old.yaml'), '--exit-code'])).toMatchObject({
      exitCode: 0,
    });
    expect(await callCli(['packs', 'diff', path('new.yaml'), path('same.yaml'), '--against', path('old.yaml')])).toMatchObject({
      exitCode: 1,
    });
    expect(await callCli(['packs', 'diff', 'git', 'skyflow', '--against', path('old.yaml')])).toMatchObject({ exitCode: 2 });
  });
});

describe('cairn packs schema', () => {
  it('prints the JSON Schema', async () => {
    const { exitCode, stdout } = await callCli(['packs', 'schema']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', required: ['pack'] });
  });
});
