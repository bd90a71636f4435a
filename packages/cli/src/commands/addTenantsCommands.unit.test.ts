import { describe, expect, it } from 'vitest';
import { callAnswered } from '../testing/callAnswered.js';

describe('cairn tenants', () => {
  const history = { events: 1, progress: 0.512, finished_at: null };
  const answer = { result: 'merged', tenant_id: 'lab', into: 'corp', sequence: 7, in_effect: true, history };
  const merge = ['tenants', 'merge', 'lab', 'corp', '--reason', 'one department'];

  it('merges one into another, and says that its history is to come', async () => {
    const { asked, stdout, stderr, exitCode } = await callAnswered(merge, answer);
    expect([exitCode, stdout]).toEqual([0, 'lab was merged into corp (7 of the log)\n']);
    expect(stderr).toContain('cairn tenants show lab');
    expect(asked).toEqual([expect.stringContaining('POST /v1/admin/tenants/lab/merges')]);
    const again = await callAnswered(merge, {
      ...answer,
      result: 'already_merged',
      history: { ...history, finished_at: '2026-04-12T10:15:00Z' },
    });
    expect([again.stdout, again.stderr]).toEqual(['lab is part of corp already (7 of the log)\n', '']);
    expect((await callAnswered(merge, { ...answer, in_effect: false, history: null })).stderr).toContain('not in effect yet');
  });

  it('shows how far the history has come along', async () => {
    const { asked, stdout } = await callAnswered(['tenants', 'show', 'lab'], { ...answer, merged_at: '2026-04-12T10:15:00Z' });
    expect(asked).toEqual([expect.stringContaining('GET /v1/admin/tenants/lab/merge')]);
    expect(stdout).toBe('lab was merged into corp: 1 event of its history came along, 51 %\n');
  });

  it('wants a reason', async () => {
    expect(await callAnswered(['tenants', 'merge', 'a', 'b'], answer)).toMatchObject({ exitCode: 2, asked: [] });
  });
});
