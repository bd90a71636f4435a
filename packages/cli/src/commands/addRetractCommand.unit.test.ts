import { answerJson, startRemoteHost } from '@cairn/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callCli } from '../testing/callCli.js';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';

async function called(argv: readonly string[], answer: object): Promise<Awaited<ReturnType<typeof callCli>> & { paths: string[] }> {
  const paths: string[] = [];
  const host = await startRemoteHost((request, response) => {
    paths.push(`${request.method ?? ''} ${request.path ?? ''}`);
    answerJson(response, 200, answer);
  });
  onTestFinished(() => host.stop());
  const env = { CAIRN_DATA_DIR: await temporaryDirectory(), CAIRN_URL: host.url, CAIRN_TOKEN: 'token' };
  return { ...(await callCli(argv, { env })), paths };
}

describe('cairn retract', () => {
  const answer = { result: 'retracted', event_id: 'git:12/3', user_id: 'ada', sequence: 7, in_effect: true };

  it('says whose event it was, and where the log says so', async () => {
    const { paths, stdout, exitCode } = await called(['retract', 'git:12/3', '--reason', 'a mistake'], answer);
    expect([exitCode, stdout]).toEqual([0, 'git:12/3 of ada retracted (7 of the log)\n']);
    expect(paths).toEqual(['POST /v1/admin/events/git%3A12%2F3/retraction']);
  });

  it('says where it was done before, and where it is not in effect yet', async () => {
    const { stdout, stderr } = await called(['retract', 'e1', '--reason', 'so'], {
      ...answer,
      result: 'already_retracted',
      in_effect: false,
    });
    expect(stdout).toContain('was retracted before');
    expect(stderr).toContain('not in effect yet');
  });

  it('wants a reason', async () => {
    expect(await called(['retract', 'e1'], answer)).toMatchObject({ exitCode: 2, paths: [] });
  });
});
