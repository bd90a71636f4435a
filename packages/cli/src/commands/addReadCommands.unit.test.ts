import { answerJson, startRemoteHost } from '@cairn/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callAnswered } from '../testing/callAnswered.js';
import { callCli } from '../testing/callCli.js';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';

describe('cairn progress', () => {
  const item = { slug: 'it', name: 'It', status: 'locked', value: 0, threshold: 3, eligible: true };

  it('says of somebody who was never seen that the name may be wrong, and no more than that there is nothing of others', async () => {
    const unknown = await callAnswered(['progress', 'aad'], { items: [item], known: false });
    expect(unknown).toMatchObject({ exitCode: 0, stdout: '' });
    expect(unknown.stderr).toContain('No event of aad was ever seen: see how the name is written.');
    const known = await callAnswered(['progress', 'ada'], { items: [item] });
    expect(known.stderr).toContain('ada has no progress yet.');
    const team = await callAnswered(['progress', '--team', 'platfrom'], { items: [item], known: false });
    expect(team.stderr).toContain('No event of team platfrom was ever seen');
  });

  it('prints with --json what the server said', async () => {
    const { stdout } = await callAnswered(['progress', 'aad', '--json'], { items: [item], known: false });
    expect(JSON.parse(stdout)).toEqual({ items: [item], known: false });
  });
});

describe('cairn xp', () => {
  it('says what was paid for, down to level and period', async () => {
    const paid = { entry_id: 'x', caused_by: 'e', occurred_at: '2026-04-12T10:15:00Z', rule_id: null, level: null, period: null };
    const { stdout } = await callAnswered(['xp', 'ada'], {
      total: 30,
      rank: null,
      entries: [
        { ...paid, amount: -10, total_after: 30, reason: 'revocation', slug: 'builder', level: 'gold' },
        { ...paid, amount: 20, total_after: 40, reason: 'unlock', slug: 'steady', period: '2026-04' },
        { ...paid, amount: 20, total_after: 20, reason: 'rule', slug: null, rule_id: 'review' },
      ],
      next_cursor: null,
    });
    expect(stdout.trimEnd().split('\n').slice(-3)).toEqual([
      '2026-04-12T10:15:00Z  -10     30  revocation builder gold',
      '2026-04-12T10:15:00Z  +20     40  unlock steady 2026-04',
      '2026-04-12T10:15:00Z  +20     20  rule review',
    ]);
  });
});

describe('cairn status', () => {
  it('names the partitions that have something left to do, the worst first, and who has them', async () => {
    const loop = (partition: number, lag: number, owner: string | null) => ({
      partition,
      last_sequence: 900,
      evaluated_sequence: 900 - lag,
      owner,
      lag,
    });
    const { stdout } = await callAnswered(['status'], {
      log: { last_sequence: 900 },
      evaluated_sequence: 100,
      lag: 800,
      dead_letters: 0,
      partitions: [loop(0, 0, 'e-1'), loop(1, 20, 'e-2'), loop(2, 800, null)],
      teams: { last_sequence: 900, evaluated_sequence: 895, owner: 'e-1', lag: 5 },
      version: '1.0.0',
    });
    expect(stdout).toMatch(/behind +partition 2 by 800, nobody has it\n +partition 1 by 20, e-2\n +teams by 5, e-1\n/);
    expect(stdout).toContain('without an evaluator: 2');
  });

  it('says what a server that answers cannot do its work for', async () => {
    const status = { log: { last_sequence: 9 }, evaluated_sequence: 9, lag: 0, dead_letters: 0, partitions: [], version: '1.0.0' };
    const host = await startRemoteHost(({ path }, response) =>
      path === '/readyz'
        ? answerJson(response, 503, { status: 'not ready', checks: { nats: 'ok', jetstream: 'the log takes nothing: make room' } })
        : answerJson(response, 200, status),
    );
    onTestFinished(() => host.stop());
    const env = { CAIRN_DATA_DIR: await temporaryDirectory(), CAIRN_URL: host.url, CAIRN_TOKEN: 'token' };
    const { stdout } = await callCli(['status'], { env });
    expect(stdout).toMatch(/not ready +jetstream: the log takes nothing: make room\n/);
    expect(stdout).not.toContain('nats: ok');
  });
});
