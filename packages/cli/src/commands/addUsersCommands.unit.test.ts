import { describe, expect, it } from 'vitest';
import { callAnswered } from '../testing/callAnswered.js';

describe('cairn users', () => {
  const answer = { result: 'merged', user_id: 'ada/new', alias: 'ada/old', sequence: 7, in_effect: true };

  it('merges one into another', async () => {
    const { asked, stdout, exitCode } = await callAnswered(['users', 'merge', 'ada/old', 'ada/new', '--reason', 'one person'], answer);
    expect([exitCode, stdout]).toEqual([0, 'ada/old was merged into ada/new (7 of the log)\n']);
    expect(asked).toEqual([expect.stringContaining('POST /v1/admin/users/ada%2Fold/merges')]);
  });

  it('renames one, and says where it was so before or is not in effect yet', async () => {
    const renamed = await callAnswered(['users', 'rename', 'ada/old', 'ada/new', '--reason', 'so'], {
      ...answer,
      result: 'renamed',
      in_effect: false,
    });
    expect(renamed.asked).toEqual([expect.stringContaining('POST /v1/admin/users/ada%2Fold/renames')]);
    expect(renamed.stdout).toBe('ada/old is called ada/new (7 of the log)\n');
    expect(renamed.stderr).toContain('not in effect yet');
    const again = await callAnswered(['users', 'rename', 'a', 'b', '--reason', 'so'], {
      ...answer,
      result: 'already_merged',
      sequence: null,
    });
    expect(again.stdout).toBe('ada/old leads to ada/new already\n');
  });

  it('wants a reason', async () => {
    expect(await callAnswered(['users', 'merge', 'a', 'b'], answer)).toMatchObject({ exitCode: 2, asked: [] });
  });
});
