import type { DeadLetter, DeadLetterDetail } from '@cairn/sdk';
import { type Answer, answerJson, type RemoteHost, startRemoteHost } from '@cairn/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Called, callCli } from '../testing/callCli.js';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';

const LETTER: DeadLetter = {
  id: 7,
  at: '2026-04-12T10:15:00Z',
  code: 'invalid_event',
  reason: 'actor.user_id is missing\u001b[2J',
  meaning: 'A field is missing.',
  advice: 'Correct the producer.',
  subject: 'events.build.succeeded',
  origin_sequence: 42,
  tenant_id: null,
  bytes: 9,
  head: '{"a":[1]}',
  redrives: 2,
};
const DETAIL: DeadLetterDetail = {
  ...LETTER,
  origin_index: null,
  headers: { 'X-A': ['b', 'c'] },
  body: { text: '{"a":[1]}', base64: Buffer.from('{"a":[1]}').toString('base64') },
  history: [{ id: 3, at: '2026-04-11T10:15:00Z', code: 'invalid_json', reason: 'was no JSON', redriven_by: 'ci' }],
  not_redrivable: null,
};
const STATUS = { log: { last_sequence: 1 }, evaluated_sequence: 1, lag: 0, dead_letters: 1, partitions: [], version: '1' };
const page = (items: object[]): object => ({ items, next_cursor: null });

/** A server that answers by method and path. */
async function farEnd(answers: Record<string, object>): Promise<{ host: RemoteHost; call(...argv: string[]): Promise<Called> }> {
  const answer: Answer = (request, response) => {
    const found = answers[`${request.method} ${request.path.split('?')[0]}`];
    answerJson(response, found === undefined ? 404 : 200, found ?? { code: 'not_found', detail: 'there is nothing' });
  };
  const host = await startRemoteHost(answer);
  onTestFinished(() => host.stop());
  const env = { CAIRN_DATA_DIR: await temporaryDirectory(), CAIRN_URL: host.url, CAIRN_TOKEN: 'token' };
  return { host, call: (...argv) => callCli(['dlq', ...argv], { env }) };
}

const LIST = 'GET /v1/admin/dead-letters';

describe('cairn dlq ls', () => {
  it('prints a line a letter, and nothing that a terminal would obey', async () => {
    const { host, call } = await farEnd({ [LIST]: page([LETTER]) });
    const called = await call('ls', '--code', 'invalid_event');
    expect(called).toMatchObject({ exitCode: 0, stderr: '' });
    expect(called.stdout.split('\n')).toEqual([
      'ID  WHEN                  CODE           TENANT  TRIES  CAME IN ON              REASON',
      ' 7  2026-04-12T10:15:00Z  invalid_event  ?           3  events.build.succeeded  actor.user_id is missing\\u{1b}[2J',
      '',
    ]);
    expect(host.arrived[0]?.path).toBe('/v1/admin/dead-letters?code=invalid_event&limit=200');
  });

  it('says that there are more, and is a document for scripts', async () => {
    const { call } = await farEnd({ [LIST]: page([LETTER, { ...LETTER, id: 8 }]) });
    const cut = await call('ls', '--limit', '1');
    expect([cut.exitCode, cut.stdout.split('\n').length]).toEqual([0, 3]);
    expect(cut.stderr).toContain('1 letter printed; there are more');
    expect(JSON.parse((await call('ls', '--json')).stdout)).toEqual({ items: [LETTER, { ...LETTER, id: 8 }], next_cursor: null });
    expect(await (await farEnd({ [LIST]: page([]) })).call('ls')).toEqual({ exitCode: 0, stdout: '', stderr: 'No dead letters.\n' });
  });

  it('counts by code', async () => {
    const codes = { code: 'invalid_event', letters: 1200, meaning: 'A field is missing.', advice: 'x' };
    const { call } = await farEnd({ 'GET /v1/admin/dead-letters/codes': page([codes]) });
    expect((await call('ls', '--codes')).stdout).toBe('LETTERS  CODE           MEANING\n  1,200  invalid_event  A field is missing.\n');
  });
});

describe('cairn dlq show', () => {
  it('tells all of a letter, and lays JSON out', async () => {
    const { call } = await farEnd({ 'GET /v1/admin/dead-letters/7': DETAIL });
    const { stdout, exitCode } = await call('show', '7');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('came in on  events.build.succeeded as 42\n');
    expect(stdout).toContain('to do       Correct the producer.\nredrive     possible\n');
    expect(stdout).toContain('Headers:\n  X-A: b\n  X-A: c\n');
    expect(stdout).toContain('Tries before (2):\n  2026-04-11T10:15:00Z  letter 3, invalid_json: was no JSON (redriven by ci)\n');
    expect(stdout).toMatch(/\n\{\n {2}"a": \[\n {4}1\n {2}\]\n\}\n$/);
    expect(JSON.parse((await call('show', '7', '--json')).stdout)).toEqual(DETAIL);
  });

  it('shows what is no text in hex', async () => {
    const body = { text: null, base64: Buffer.from([0x7b, 0xff, 0x0a]).toString('base64') };
    const { call } = await farEnd({ 'GET /v1/admin/dead-letters/7': { ...DETAIL, body, not_redrivable: 'it is too old' } });
    const { stdout } = await call('show', '7');
    expect(stdout).toContain(`00000000  7b ff 0a${' '.repeat(40)} |{..|\n`);
    expect(stdout).toContain('redrive     not possible: it is too old\n');
  });

  it('fails where there is none', async () => {
    const called = await (await farEnd({})).call('show', '7');
    expect(called).toMatchObject({ exitCode: 1, stdout: '' });
    expect(called.stderr).toContain('there is nothing (not_found)');
  });
});

describe('cairn dlq redrive', () => {
  const REDRIVE = 'POST /v1/admin/dead-letters/redrive';
  const redriven = { id: 7, result: 'redriven', subject: 'events.a.b', sequence: 9 };

  it('puts letters back, waits, and tells which came back', async () => {
    const answers = { [REDRIVE]: page([redriven]), 'GET /v1/status': STATUS, [LIST]: page([{ ...LETTER, id: 9 }]) };
    const { host, call } = await farEnd(answers);
    const called = await call('redrive', '7', '8');
    expect(JSON.parse(host.arrived[0]?.body ?? '')).toEqual({ ids: [7, 8] });
    expect(host.arrived.at(-1)?.path).toBe('/v1/admin/dead-letters?after=7&limit=200');
    expect(called).toMatchObject({ exitCode: 1, stdout: '1 letter redriven\n' });
    expect(called.stderr).toContain('letter 9: actor.user_id is missing');
    expect(JSON.parse((await call('redrive', '7', '--json')).stdout)).toEqual({ items: [redriven], came_back: [{ ...LETTER, id: 9 }] });
  });

  it('succeeds where none comes back, and does not look where it is not asked to', async () => {
    const answers = { [REDRIVE]: page([redriven]), 'GET /v1/status': STATUS, [LIST]: page([]) };
    expect(await (await farEnd(answers)).call('redrive', '--code', 'x')).toEqual({
      exitCode: 0,
      stdout: '1 letter redriven\n',
      stderr: '',
    });
    const { host, call } = await farEnd({ [REDRIVE]: page([redriven]) });
    expect((await call('redrive', '--all', '--no-wait')).exitCode).toBe(0);
    expect(host.arrived).toHaveLength(1);
  });

  it('fails where a letter stays', async () => {
    const refused = { id: 8, result: 'refused', error: { code: 'not_redrivable', message: 'it is too old' } };
    const { call } = await farEnd({ [REDRIVE]: page([refused, { id: 9, result: 'not_found' }]) });
    const called = await call('redrive', '8', '9');
    expect(called).toEqual({
      exitCode: 1,
      stdout: '0 letters redriven\n',
      stderr: 'cairn: letter 8 stays: it is too old\ncairn: letter 9 is not there\n',
    });
  });
});

describe('cairn dlq discard', () => {
  it('needs a reason, and sends it', async () => {
    const { host, call } = await farEnd({ 'POST /v1/admin/dead-letters/discard': page([{ id: 7, result: 'discarded' }]) });
    expect(await call('discard', '7', '--reason', 'a test')).toEqual({ exitCode: 0, stdout: '1 letter discarded\n', stderr: '' });
    expect(JSON.parse(host.arrived[0]?.body ?? '')).toEqual({ ids: [7], reason: 'a test' });
  });
});

describe('wrong usage', () => {
  it.each([
    [['ls', 'x']],
    [['ls', '--limit', '0']],
    [['show']],
    [['show', 'x']],
    [['redrive']],
    [['redrive', '1', '--all']],
    [['redrive', '--code', 'a', '--all']],
    [['redrive', '0']],
    [['discard', '1']],
    [['discard', '--reason', 'x']],
    [['discard', '1', '--reason', ' ']],
  ])('cairn dlq %j exits with 2, and asks no server', async (argv) => {
    const { host, call } = await farEnd({});
    const called = await call(...argv);
    expect(called).toMatchObject({ exitCode: 2, stdout: '' });
    expect(called.stderr).not.toBe('');
    expect(host.arrived).toEqual([]);
  });
});
