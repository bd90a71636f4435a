import { describe, expect, it } from 'vitest';
import { callAnswered } from '../testing/callAnswered.js';

describe('cairn retract', () => {
  const answer = { result: 'retracted', event_id: 'git:12/3', user_id: 'ada', sequence: 7, in_effect: true };

  it('says whose event it was, and where the log says so', async () => {
    const { asked, stdout, exitCode } = await callAnswered(['retract', 'git:12/3', '--reason', 'a mistake'], answer);
    expect([exitCode, stdout]).toEqual([0, 'git:12/3 of ada retracted (7 of the log)\n']);
    expect(asked).toEqual(['POST /v1/admin/events/git%3A12%2F3/retraction']);
  });

  it('says where it was done before, and where it is not in effect yet', async () => {
    const { stdout, stderr } = await callAnswered(['retract', 'e1', '--reason', 'so'], {
      ...answer,
      result: 'already_retracted',
      in_effect: false,
    });
    expect(stdout).toContain('was retracted before');
    expect(stderr).toContain('not in effect yet');
  });

  it('wants a reason', async () => {
    expect(await callAnswered(['retract', 'e1'], answer)).toMatchObject({ exitCode: 2, asked: [] });
  });
});
