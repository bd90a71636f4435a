import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@cairn/sdk';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { TestRepository } from '../testing/gitRepository.js';
import { type RecordingHost, type SentWire, startRecordingHost } from '../testing/recordingHost.js';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';
import { type GitImport, importGit } from './importGit.js';

/** 2026-04-12T10:15:00Z, a Sunday. */
const SUNDAY = 1_775_988_900;
const HOUR = 3600;
const DAY = 24 * HOUR;

async function remoteEnd(): Promise<RecordingHost> {
  const host = await startRecordingHost();
  onTestFinished(() => host.stop());
  return host;
}

async function newRepository(name = 'tool'): Promise<TestRepository> {
  return new TestRepository(join(await temporaryDirectory(), name));
}

async function importInto(host: RecordingHost, repository: TestRepository, path = repository.path): Promise<GitImport> {
  return await importGit(createClient({ url: host.url, retry: { attemptsMax: 1 } }), { path, environment: repository.environment });
}

function commits(host: RecordingHost): SentWire[] {
  return host.taken.filter(({ type }) => type === 'commit.authored');
}

describe('a commit', () => {
  it('is one event, as the contract says', async () => {
    const repository = await newRepository();
    const sha = repository.commit('feat(parser)!: read more', {
      email: 'Ada@Example.COM',
      date: `${SUNDAY} +1400`,
      files: { 'a.txt': '1\n2\n3\n' },
    });
    const host = await remoteEnd();
    const { repo, tally } = await importInto(host, repository);
    expect(repo).toBe('tool');
    expect(tally).toMatchObject({ accepted: 1, duplicates: 0, rejected: 0, skipped: {}, lastSequence: 1 });
    expect(host.taken).toEqual([
      {
        event_id: `git:${sha}`,
        type: 'commit.authored',
        actor: { user_id: 'ada@example.com' },
        source: { ref: sha },
        occurred_at: '2026-04-12T10:15:00Z',
        properties: { repo: 'tool', files_changed: 1, insertions: 3, deletions: 0, merge: false, kind: 'feat', hour: 0, weekday: 1 },
      },
    ]);
  });

  it('counts files and lines, whatever the files are called and hold', async () => {
    const repository = await newRepository();
    repository.commit('one', {
      files: {
        'ordinary.txt': 'a\nb\nc\nd\ne\nf\n',
        'odd\n\tname "é".txt': 'x\n',
        'dir/0\t0\tfake': 'x\n',
        'bin.dat': Buffer.from([0, 1, 2, 0]),
      },
    });
    repository.git(['mv', 'ordinary.txt', 'renamed.txt']);
    repository.commit('two', { files: { 'renamed.txt': 'a\nb\nc\nd\ne\nF\n', 'bin.dat': Buffer.from([0, 9]) } });
    repository.commit('nothing at all');
    const host = await remoteEnd();
    await importInto(host, repository);
    expect(
      commits(host).map(({ properties }) => [properties?.['files_changed'], properties?.['insertions'], properties?.['deletions']]),
    ).toEqual([
      [4, 8, 0],
      [2, 1, 1],
      [0, 0, 0],
    ]);
  });

  it('of a merge says so, and claims nothing of what it brings together', async () => {
    const repository = await newRepository();
    repository.commit('base', { files: { a: '1\n' } });
    repository.git(['checkout', '--quiet', '-b', 'side']);
    repository.commit('on the side', { files: { b: '2\n' }, date: `${SUNDAY + 1} +0000` });
    repository.git(['checkout', '--quiet', 'main']);
    repository.commit('on main', { files: { c: '3\n' }, date: `${SUNDAY + 2} +0000` });
    repository.git(['merge', '--quiet', '--no-ff', '-m', 'Merge side', 'side'], {
      env: { GIT_AUTHOR_DATE: `${SUNDAY + 3} +0000`, GIT_AUTHOR_EMAIL: 'ada@example.com', GIT_AUTHOR_NAME: 'Ada' },
    });
    const host = await remoteEnd();
    await importInto(host, repository);
    expect(commits(host)).toHaveLength(4);
    expect(commits(host).filter(({ properties }) => properties?.['merge'] === true)).toMatchObject([
      { properties: { files_changed: 0, insertions: 0, deletions: 0, kind: 'other' } },
    ]);
  });

  it('is found wherever a reference leads to it', async () => {
    const repository = await newRepository();
    repository.commit('main');
    repository.git(['checkout', '--quiet', '--orphan', 'other']);
    repository.commit('another root', { date: `${SUNDAY + 1} +0000` });
    repository.git(['checkout', '--quiet', '--detach']);
    repository.commit('detached', { date: `${SUNDAY + 2} +0000` });
    const host = await remoteEnd();
    await importInto(host, repository);
    expect(commits(host)).toHaveLength(3);
  });

  it('belongs to whom the mailmap says, lower-cased', async () => {
    const repository = await newRepository();
    repository.commit('old address', { email: 'Old@Example.com', author: 'ada' });
    repository.commit('mailmap', { files: { '.mailmap': 'Ada Lovelace <Ada@New.example> <old@example.com>\n' }, email: 'ada@new.example' });
    repository.git(['tag', '-a', 'v1', '-m', 'one'], {
      env: { GIT_COMMITTER_EMAIL: 'OLD@example.com', GIT_COMMITTER_DATE: `${SUNDAY + 9} +0000` },
    });
    const host = await remoteEnd();
    await importInto(host, repository);
    expect(new Set(host.taken.map(({ actor }) => actor.user_id))).toEqual(new Set(['ada@new.example']));
  });

  it('of other times and other encodings is read as well', async () => {
    const repository = await newRepository();
    repository.git(['config', 'i18n.commitEncoding', 'ISO-8859-1']);
    repository.commit('fix: caf\u00e9', { author: 'Jos\u00e9', files: { a: '1\n' } });
    repository.rawCommit('latin', Buffer.from(`Jos\u00e9 <jos\u00e9@example.com> ${SUNDAY} +0000`, 'latin1'));
    repository.rawCommit('offset', `Old Tool <old@example.com> ${SUNDAY} +5130`);
    const host = await remoteEnd();
    const { tally } = await importInto(host, repository);
    expect(tally).toMatchObject({ accepted: 3, skipped: {} });
    expect(
      commits(host)
        .map(({ actor }) => actor.user_id)
        .sort(),
    ).toEqual(['ada@example.com', 'jos\u00e9@example.com', 'old@example.com']);
  });

  it('that cannot be an event is told, with its reason, and the others go through', async () => {
    const repository = await newRepository();
    repository.commit('good');
    repository.rawCommit('no-email', `Only Name <> ${SUNDAY} +0000`);
    repository.rawCommit('nobody', ` <> ${SUNDAY} +0000`);
    repository.rawCommit('long', `Long <${'x'.repeat(129)}> ${SUNDAY} +0000`);
    repository.rawCommit('future', `Ahead <ahead@example.com> ${SUNDAY + 100 * 365 * DAY} +0000`);
    repository.rawCommit('no-date', 'Timeless <timeless@example.com> soon');
    const host = await remoteEnd();
    const { tally } = await importInto(host, repository);
    expect(tally).toMatchObject({ accepted: 2, skipped: { no_author: 1, invalid_author: 1, date_in_future: 1, invalid_date: 1 } });
    expect(commits(host).map(({ actor }) => actor.user_id)).toContain('only name');
    expect(tally.problems).toHaveLength(4);
    for (const { where, what } of tally.problems)
      expect(`${where} ${what}`).toMatch(/^commit [0-9a-f]{12} (its|the e-mail address of its) /);
  });
});

describe('a tag', () => {
  let taken: SentWire[];
  let imported: GitImport;
  let directory: string;

  afterAll(() => rm(directory, { recursive: true, force: true }));

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cairn-cli-'));
    const repository = new TestRepository(join(directory, 'releases'));
    repository.commit('by ada', { date: `${SUNDAY} +0200` });
    repository.git(['tag', 'v1-light']);
    repository.git(['tag', '-a', 'v2-annotated', '-m', 'two'], {
      env: { GIT_COMMITTER_NAME: 'Bea', GIT_COMMITTER_EMAIL: 'Bea@Example.com', GIT_COMMITTER_DATE: `${SUNDAY + HOUR} +0000` },
    });
    repository.git(['tag', 'team/v3-\u00e9', 'v2-annotated']);
    repository.git(['tag', 'of-a-tree', 'HEAD^{tree}']);
    repository.git(['tag', `v${'9'.repeat(130)}`]);
    repository.commit('later', { date: `${SUNDAY + DAY} +0000` });
    const host = await startRecordingHost();
    imported = await importInto(host, repository);
    taken = host.taken;
    await host.stop();
  });

  it('is one event by its tagger, or by the author of the commit', () => {
    const tags = taken.filter(({ type }) => type === 'release.tagged');
    expect(tags).toEqual([
      {
        event_id: 'git-tag:v1-light',
        type: 'release.tagged',
        actor: { user_id: 'ada@example.com' },
        occurred_at: '2026-04-12T10:15:00Z',
        properties: { repo: 'releases', tag: 'v1-light' },
      },
      {
        event_id: 'git-tag:team/v3-\u00e9',
        type: 'release.tagged',
        actor: { user_id: 'bea@example.com' },
        occurred_at: '2026-04-12T11:15:00Z',
        properties: { repo: 'releases', tag: 'team/v3-\u00e9' },
      },
      {
        event_id: 'git-tag:v2-annotated',
        type: 'release.tagged',
        actor: { user_id: 'bea@example.com' },
        occurred_at: '2026-04-12T11:15:00Z',
        properties: { repo: 'releases', tag: 'v2-annotated' },
      },
    ]);
  });

  it('stands in the order of time among the commits', () => {
    expect(taken.map(({ type }) => type)).toEqual([
      'commit.authored',
      'release.tagged',
      'release.tagged',
      'release.tagged',
      'commit.authored',
    ]);
  });

  it('that cannot be an event is told', () => {
    expect(imported.tally.skipped).toEqual({ no_tagger: 1, invalid_tag_name: 1 });
  });
});

describe('an import', () => {
  it('sends in order of author date, whatever the order of the history', async () => {
    const repository = await newRepository();
    const offsets = [5, 1, 9, 1, 0, 7];
    for (const offset of offsets) repository.commit(`at ${offset}`, { date: `${SUNDAY + offset * HOUR} -0700` });
    const host = await remoteEnd();
    await importInto(host, repository);
    const times = host.taken.map(({ occurred_at }) => occurred_at);
    expect(times).toEqual([...times].sort());
    expect(times).toHaveLength(offsets.length);
  });

  it('changes nothing the second time, from a subdirectory and from a bare clone alike', async () => {
    const repository = await newRepository('named');
    repository.commit('one', { files: { 'sub/a': '1\n' } });
    repository.git(['remote', 'add', 'origin', 'git@example.com:team/named.git']);
    repository.commit('two', { date: `${SUNDAY + 1} +0000` });
    const host = await remoteEnd();
    expect(await importInto(host, repository)).toMatchObject({ repo: 'named', tally: { accepted: 2 } });
    expect(await importInto(host, repository, join(repository.path, 'sub'))).toMatchObject({
      repo: 'named',
      tally: { accepted: 0, duplicates: 2 },
    });
    const bare = `${repository.path}-elsewhere.git`;
    repository.git(['clone', '--quiet', '--bare', repository.path, bare]);
    expect(await importInto(host, repository, bare)).toMatchObject({ tally: { accepted: 0, duplicates: 2 } });
  });

  it('is not led astray by settings of the repository or by the variables of a hook', async () => {
    const repository = await newRepository();
    repository.commit('one', { files: { a: '1\n2\n' } });
    for (const [name, value] of [
      ['log.showSignature', 'true'],
      ['log.showRoot', 'false'],
      ['color.ui', 'always'],
      ['diff.noprefix', 'true'],
      ['diff.external', '/bin/false'],
      ['core.quotePath', 'false'],
      ['format.pretty', 'oneline'],
      ['log.date', 'relative'],
    ] as const)
      repository.git(['config', name, value]);
    const host = await remoteEnd();
    await importGit(createClient({ url: host.url }), {
      path: repository.path,
      environment: { ...repository.environment, GIT_DIR: '/nonexistent', GIT_WORK_TREE: '/nonexistent', GIT_EXTERNAL_DIFF: '/bin/false' },
    });
    expect(commits(host)).toMatchObject([{ properties: { files_changed: 1, insertions: 2, deletions: 0 } }]);
  });

  it('says what is wrong with a path', async () => {
    const directory = await temporaryDirectory();
    const environment = new TestRepository(join(directory, 'empty')).environment;
    const client = createClient({ url: 'http://127.0.0.1:1' });
    await mkdir(join(directory, 'plain'));
    await writeFile(join(directory, 'file'), '');
    const outside = { ...environment, GIT_CEILING_DIRECTORIES: directory };
    await expect(importGit(client, { path: join(directory, 'empty'), environment })).rejects.toMatchObject({ code: 'empty_repository' });
    for (const name of ['plain', 'file', 'missing']) {
      await expect(importGit(client, { path: join(directory, name), environment: outside })).rejects.toMatchObject({
        code: 'not_a_repository',
      });
    }
    await expect(importGit(client, { path: join(directory, 'empty'), environment: { PATH: '' } })).rejects.toMatchObject({
      code: 'git_missing',
    });
  });
});
