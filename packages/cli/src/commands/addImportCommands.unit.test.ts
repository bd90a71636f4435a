import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answerJson, type RemoteHost, startRemoteHost } from '@cairn/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { callCli } from '../testing/callCli.js';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';

const EVENT = JSON.stringify({ event_id: 'a', type: 'a.b', actor: { user_id: 'u' }, occurred_at: '2026-04-12T10:15:00Z' });

interface FarEnd {
  /** Called once events are there; answers them, or leaves them without an answer. */
  onEvents: () => 'answer' | 'hang';
  /** Called where somebody asks how far the evaluation is, after the events. */
  onWaiting: () => void;
}

/** A server that takes events and never evaluates them. */
async function farEnd({ onEvents, onWaiting }: FarEnd): Promise<RemoteHost> {
  let isSent = false;
  const host = await startRemoteHost(({ path }, response) => {
    if (path === '/v1/status') {
      answerJson(response, 200, {
        log: { last_sequence: 1 },
        evaluated_sequence: 0,
        lag: 1,
        dead_letters: 0,
        partitions: [],
        version: '1',
      });
      if (isSent) onWaiting();
      return;
    }
    isSent = true;
    if (onEvents() === 'answer') answerJson(response, 200, { results: [{ index: 0, event_id: 'a', status: 'accepted', sequence: 1 }] });
  });
  onTestFinished(() => host.stop());
  return host;
}

it('goes on by itself where the server holds old events back, and says so', async () => {
  const bodies: unknown[] = [];
  const host = await startRemoteHost(({ path, body }, response) => {
    if (path === '/v1/status') {
      const position = { log: { last_sequence: 1 }, evaluated_sequence: 1, lag: 0 };
      answerJson(response, 200, { ...position, dead_letters: 0, partitions: [], version: '1' });
      return;
    }
    bodies.push(JSON.parse(body));
    if (bodies.length <= 12) answerJson(response.setHeader('retry-after', '0'), 429, { code: 'backfill_waits', detail: 'wait' });
    else answerJson(response, 200, { results: [{ index: 0, event_id: 'a', status: 'accepted', sequence: 1 }] });
  });
  onTestFinished(() => host.stop());
  const env = { CAIRN_DATA_DIR: await temporaryDirectory(), CAIRN_URL: host.url };
  const called = await callCli(['import', 'jsonl', '-', '--backfill'], { env, input: EVENT });
  expect(called).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/accepted +1\n/) as string });
  expect(bodies).toHaveLength(13);
  expect(bodies[0]).toEqual([{ ...JSON.parse(EVENT), backfill: true }]);
});

describe('Ctrl-C during an import', () => {
  it.each(['file', 'pipe'])('ends it while it sends from a %s, with a bar on the terminal, and leaves nothing behind', async (kind) => {
    const interrupt = new AbortController();
    const host = await farEnd({
      onEvents: () => {
        interrupt.abort();
        return 'hang';
      },
      onWaiting: () => undefined,
    });
    const directory = await temporaryDirectory();
    const path = join(directory, 'events.jsonl');
    await writeFile(path, EVENT);
    const temporary = await temporaryDirectory();
    vi.stubEnv('TMPDIR', temporary);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const called = await callCli(['import', 'jsonl', kind === 'file' ? path : '-'], {
      env: { CAIRN_DATA_DIR: directory, CAIRN_URL: host.url },
      input: EVENT,
      signal: interrupt.signal,
      isTTY: { stdout: true, stderr: true },
    });
    expect(called).toMatchObject({ exitCode: 1, stdout: '' });
    expect(called.stderr).toContain('cairn: the import was stopped. What was sent is kept; the same call sends the rest\n');
    expect(await readdir(temporary)).toEqual([]);
  });

  it('ends the waiting for the evaluation, and says what was sent', async () => {
    const interrupt = new AbortController();
    const host = await farEnd({ onEvents: () => 'answer', onWaiting: () => interrupt.abort() });
    const env = { CAIRN_DATA_DIR: await temporaryDirectory(), CAIRN_URL: host.url };
    const called = await callCli(['import', 'jsonl', '-'], { env, input: EVENT, signal: interrupt.signal });
    expect(called.exitCode).toBe(1);
    expect(called.stdout).toMatch(/accepted +1\n/);
    expect(called.stdout).toMatch(/evaluated +still under way\n/);
  });
});
