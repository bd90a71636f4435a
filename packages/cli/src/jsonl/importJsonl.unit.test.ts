import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@cairn/sdk';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RecordingHost, startRecordingHost } from '../testing/recordingHost.js';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';
import { type ImportJsonlOptions, importJsonl, type JsonlImport } from './importJsonl.js';

const START = Date.parse('2026-01-01T00:00:00Z');

function line(id: string, minute: number): string {
  return JSON.stringify({
    event_id: id,
    type: 'build.succeeded',
    actor: { user_id: 'u' },
    occurred_at: new Date(START + minute * 60_000).toISOString(),
  });
}

function lines(count: number, first = 0): string {
  return Array.from({ length: count }, (_, index) => `${line(`e${first + index}`, first + index)}\n`).join('');
}

async function remoteEnd(): Promise<RecordingHost> {
  const host = await startRecordingHost();
  onTestFinished(() => host.stop());
  return host;
}

interface Scene {
  host: RecordingHost;
  path: string;
  dataDirectory: string;
  run(options?: Partial<ImportJsonlOptions>): Promise<JsonlImport>;
}

async function scene(content: string | Buffer): Promise<Scene> {
  const host = await remoteEnd();
  const directory = await temporaryDirectory();
  const path = join(directory, 'events.jsonl');
  const dataDirectory = join(directory, 'data');
  await writeFile(path, content);
  const client = createClient({ url: host.url, retry: { attemptsMax: 1 } });
  return { host, path, dataDirectory, run: (options) => importJsonl(client, { path, dataDirectory, strict: false, ...options }) };
}

function ids(host: RecordingHost): (string | undefined)[] {
  return host.taken.map(({ event_id }) => event_id);
}

describe('importing lines', () => {
  it('sends each as it stands, and nothing new the second time', async () => {
    const { host, run, dataDirectory } = await scene(lines(2500));
    expect(await run()).toMatchObject({ readBefore: 0, tally: { accepted: 2500, duplicates: 0, skipped: {} } });
    expect(host.arrived.filter(({ path }) => path === '/v1/events')).toHaveLength(3);
    expect(await run()).toMatchObject({ readBefore: 0, tally: { accepted: 0, duplicates: 2500 } });
    expect(await readdir(join(dataDirectory, 'imports'))).toEqual([]);
  });

  it('sends in order of time, those of one instant as they stand', async () => {
    const { host, run } = await scene([line('c', 5), line('a', 1), '', line('d', 5), line('b', 1), '  '].join('\r\n'));
    await run();
    expect(ids(host)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('passes numbers and keys on untouched, for the server to judge', async () => {
    const odd =
      '{"event_id":"odd","type":"a.b","actor":{"user_id":"u"},"occurred_at":"2026-01-01T00:00:00Z","properties":{"n":12345678901234567890,"__proto__":1}}';
    const { host, run } = await scene(`\ufeff${odd}`);
    await run();
    expect(host.arrived.find(({ path }) => path === '/v1/events')?.body).toBe(`[${odd}]`);
  });

  it('tells each line that is no event, by its number, and sends the others', async () => {
    const bad = ['{"event_id":', '[]', '17', '{"event_id":"x"}', '{"occurred_at":"yesterday"}', JSON.stringify({ occurred_at: START })];
    const content = Buffer.concat([
      Buffer.from(`${line('a', 1)}\n\n${bad.join('\n')}\n`),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from(`${' '.repeat(300_000)}{}\n${line('b', 2)}`),
    ]);
    const { host, run } = await scene(content);
    const { tally } = await run();
    expect(ids(host)).toEqual(['a', 'b']);
    expect(tally.skipped).toEqual({
      invalid_json: 1,
      not_an_object: 2,
      no_occurred_at: 1,
      invalid_occurred_at: 2,
      invalid_utf8: 1,
      line_too_long: 1,
    });
    expect(tally.problems.map(({ where }) => where)).toEqual([3, 4, 5, 6, 7, 8, 9, 10].map((number) => `line ${number}`));
  });

  it('counts bad lines of an unordered file once as well', async () => {
    const { host, run } = await scene([line('b', 2), 'no', line('a', 1)].join('\n'));
    expect((await run()).tally).toMatchObject({ accepted: 2, skipped: { invalid_json: 1 }, problems: [{ where: 'line 2' }] });
    expect(ids(host)).toEqual(['a', 'b']);
  });

  it('tells the lines that the server does not take', async () => {
    const { run } = await scene([line('a', 1), line('refuse-1', 2), line('b', 3)].join('\n'));
    expect((await run()).tally).toMatchObject({
      accepted: 2,
      rejected: 1,
      problems: [{ where: 'line 2', what: 'invalid_event: for the test' }],
    });
  });

  it('stops at the first problem where it is strict: before anything is sent, if it can be seen before', async () => {
    const seen = await scene([line('a', 1), 'no', line('b', 2)].join('\n'));
    await expect(seen.run({ strict: true })).rejects.toMatchObject({
      code: 'stopped_at_first_problem',
      message: expect.stringContaining('line 2') as string,
    });
    expect(seen.host.taken).toEqual([]);
    const refused = await scene(`${line('refuse-1', 0)}\n${lines(3000, 1)}`);
    await expect(refused.run({ strict: true })).rejects.toMatchObject({ code: 'stopped_at_first_problem' });
    expect(refused.host.taken.length).toBeLessThan(3000);
  });

  it.each(['missing.jsonl', '.'])('says what is wrong with a path: %s', async (name) => {
    const { run, path } = await scene('');
    await expect(run({ path: join(path, '..', name) })).rejects.toMatchObject({ code: 'file_unreadable' });
  });

  it('finds nothing wrong with an empty file', async () => {
    expect((await (await scene('')).run()).tally).toMatchObject({ accepted: 0, skipped: {} });
  });
});

describe('after an interruption', () => {
  /** Two requests go through, then the host is gone for good. */
  async function interrupted(): Promise<Scene> {
    const interruptedScene = await scene(`${lines(1500)}no event\n${lines(3500, 1500)}`);
    interruptedScene.host.requestsUntilDown = 2;
    await expect(interruptedScene.run()).rejects.toMatchObject({ code: 'unreachable' });
    interruptedScene.host.requestsUntilDown = Number.POSITIVE_INFINITY;
    return interruptedScene;
  }

  function eventRequests({ host }: Scene): number {
    return host.arrived.filter(({ path }) => path === '/v1/events').length;
  }

  it('it goes on where it stopped, and tells of the whole', async () => {
    const again = await interrupted();
    const before = eventRequests(again);
    const { tally, readBefore } = await again.run();
    expect(readBefore).toBe(2000);
    expect(tally).toMatchObject({ accepted: 5000, duplicates: 0, skipped: { invalid_json: 1 }, problems: [{ where: 'line 1501' }] });
    expect(eventRequests(again) - before).toBe(4);
    expect(ids(again.host)).toEqual(Array.from({ length: 5000 }, (_, index) => `e${index}`));
  });

  it('it takes what was added to the file meanwhile', async () => {
    const again = await interrupted();
    await appendFile(again.path, lines(10, 5000));
    expect(await again.run()).toMatchObject({ readBefore: 2000, tally: { accepted: 5010 } });
  });

  it('it begins anew where the beginning of the file was changed', async () => {
    const again = await interrupted();
    await writeFile(again.path, `${line('other', 0)}\n${lines(5000)}`);
    expect(await again.run()).toMatchObject({ readBefore: 0, tally: { accepted: 3002, duplicates: 1999 } });
  });

  it('it begins anew where the file is shorter than what was sent of it', async () => {
    const again = await interrupted();
    await writeFile(again.path, lines(10));
    expect(await again.run()).toMatchObject({ readBefore: 0, tally: { duplicates: 10 } });
  });

  it('it begins anew where the log is shorter than it was: nothing is left out of an emptied server', async () => {
    const again = await interrupted();
    again.host.lastSequence = 3;
    expect(await again.run()).toMatchObject({ readBefore: 0 });
  });
});
