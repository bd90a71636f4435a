import { answerJson, startRemoteHost } from '@cairn/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callCli } from '../testing/callCli.js';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';

async function called(argv: readonly string[], answer: object): Promise<Awaited<ReturnType<typeof callCli>> & { asked: string[] }> {
  const asked: string[] = [];
  const host = await startRemoteHost((request, response) => {
    asked.push(`${request.method} ${request.path}`);
    answerJson(response, 200, answer);
  });
  onTestFinished(() => host.stop());
  const env = { CAIRN_DATA_DIR: await temporaryDirectory(), CAIRN_URL: host.url, CAIRN_TOKEN: 'token' };
  return { ...(await callCli(argv, { env })), asked };
}

describe('cairn users', () => {
  const answer = { result: 'merged', user_id: 'ada/new', alias: 'ada/old', sequence: 7, in_effect: true };

  it('merges one into another', async () => {
    const { asked, stdout, exitCode } = await called(['users', 'merge', 'ada/old', 'ada/new', '--reason', 'one person'], answer);
    expect([exitCode, stdout]).toEqual([0, 'ada/old was merged into ada/new (7 of the log)\n']);
    expect(asked).toEqual([expect.stringContaining('POST /v1/admin/users/ada%2Fold/merges')]);
  });

  it('renames one, and says where it was so before or is not in effect yet', async () => {
    const renamed = await called(['users', 'rename', 'ada/old', 'ada/new', '--reason', 'so'], {
      ...answer,
      result: 'renamed',
      in_effect: false,
    });
    expect(renamed.asked).toEqual([expect.stringContaining('POST /v1/admin/users/ada%2Fold/renames')]);
    expect(renamed.stdout).toBe('ada/old is called ada/new (7 of the log)\n');
    expect(renamed.stderr).toContain('not in effect yet');
    const again = await called(['users', 'rename', 'a', 'b', '--reason', 'so'], { ...answer, result: 'already_merged', sequence: null });
    expect(again.stdout).toBe('ada/old leads to ada/new already\n');
  });

  it('wants a reason', async () => {
    expect(await called(['users', 'merge', 'a', 'b'], answer)).toMatchObject({ exitCode: 2, asked: [] });
  });
});
