import { answerJson, startRemoteHost } from '@cairn/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callCli } from '../testing/callCli.js';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';

const ERASURE = {
  ...{ erasure_id: 'e1', status: 'pending', step: 'log', waits_for: null, progress: 0.5, entries: 1, messages: 2, dead_letters: 0 },
  ...{ requested_at: '2026-04-12T10:00:00Z', requested_by: 'ops', reason: 'asked for', finished_at: null },
};

/** The server says that it is done when it is asked the second time. */
async function called(argv: readonly string[]): Promise<Awaited<ReturnType<typeof callCli>> & { asked: string[] }> {
  const asked: string[] = [];
  const host = await startRemoteHost((request, response) => {
    asked.push(`${request.method} ${request.path}`);
    const isDone = asked.filter((each) => each.endsWith('/erasures/e1')).length > 1;
    const erasure = isDone ? { ...ERASURE, status: 'done', step: 'done', progress: 1 } : ERASURE;
    if (request.path.startsWith('/v1/admin/erasures?')) answerJson(response, 200, { items: [erasure], next_cursor: null });
    else answerJson(response, request.method === 'DELETE' ? 202 : 200, erasure);
  });
  onTestFinished(() => host.stop());
  const env = { CAIRN_DATA_DIR: await temporaryDirectory(), CAIRN_URL: host.url, CAIRN_TOKEN: 'token' };
  return { ...(await callCli(argv, { env })), asked };
}

describe('cairn users erase', () => {
  it('asks for nothing without being told that it is for good', async () => {
    const { asked, exitCode, stderr } = await called(['users', 'erase', 'ada', '--reason', 'asked for']);
    expect([exitCode, asked]).toEqual([2, []]);
    expect(stderr).toContain('--yes');
  });

  it('waits until it is done', async () => {
    const { asked, exitCode, stdout } = await called(['users', 'erase', 'ada/b', '--reason', 'asked for', '--yes']);
    expect([exitCode, stdout]).toEqual([0, 'Erased: 1 place of the log, 2 messages, 0 dead letters.\n']);
    expect(asked).toEqual(['DELETE /v1/admin/users/ada%2Fb', 'GET /v1/admin/erasures/e1', 'GET /v1/admin/erasures/e1']);
  });

  it('need not be waited for, and is listed meanwhile', async () => {
    expect((await called(['users', 'erase', 'ada', '--reason', 'asked for', '--yes', '--no-wait'])).asked).toHaveLength(1);
    expect((await called(['users', 'erasures'])).stdout).toContain('e1       2026-04-12T10:00:00Z  log');
  });
});
