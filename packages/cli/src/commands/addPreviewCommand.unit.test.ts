import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackPreview } from '@cairn/sdk';
import { answerJson, type RemoteHost, startRemoteHost } from '@cairn/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callCli } from '../testing/callCli.js';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';

const DRAFT = `pack: team
achievements:
  - slug: builder
    name: Builder
    description: Build something.
    reason: We want people to build.
    category: building
    criteria: { type: count, event: build.succeeded, threshold: 3 }
`;

const REACH = { unlocks: 3, holders: 2, share: 0.125, time_to_unlock: { median_seconds: 129_600, p90_seconds: 45 * 60 } };

const REPORT: PackPreview = {
  pack: 'team',
  since: null,
  events: 1234,
  first_event_at: '2026-04-01T08:00:00Z',
  last_event_at: '2026-04-04T08:00:00Z',
  days: 4,
  users: { seen: 16, sampled: 4, one_in: 4 },
  teams: null,
  achievements: [
    {
      slug: 'builder',
      name: 'Builder',
      scope: 'user',
      change: 'changed',
      on_publish: 'recount',
      new: { unlocks: 1, holders: 1 },
      ...REACH,
      unlocks_per_day: 0.75,
      histogram: {
        days_per_bar: 1,
        bars: [
          { day: '2026-04-02', unlocks: 1 },
          { day: '2026-04-04', unlocks: 2 },
        ],
      },
      earliest: [{ user_id: 'ann\u001b[2J', team_id: null, unlocked_at: '2026-04-02T08:00:00Z', level: 'bronze', period: null }],
      levels: [
        { level: 'bronze', threshold: 3, ...REACH },
        { level: 'gold', threshold: 9, unlocks: 0, holders: 0, share: 0, time_to_unlock: null },
      ],
    },
  ],
  xp: { total: 60, per_user: { median: 2.5, p90: 20 }, rules: [{ id: 'build', total: 12 }] },
  warnings: [{ code: 'nobody', slug: 'builder', level: 'gold', xp_rule: null, message: 'nobody would get to gold' }],
};

interface Far {
  host: RemoteHost;
  /** A draft in a file, and the arguments of a call about it. */
  call(...more: string[]): ReturnType<typeof callCli>;
  file: string;
}

/** A server that answers a preview with these lines. */
async function farEnd(lines: readonly object[], options: { draft?: string; signal?: AbortSignal; isOpen?: boolean } = {}): Promise<Far> {
  const host = await startRemoteHost((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
    if (options.isOpen !== true) response.end();
  });
  onTestFinished(() => host.stop());
  const directory = await temporaryDirectory();
  const file = join(directory, 'team.yaml');
  await writeFile(file, options.draft ?? DRAFT);
  const env = { CAIRN_DATA_DIR: directory, CAIRN_URL: host.url, CAIRN_TOKEN: 'token' };
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  return { host, file, call: (...more) => callCli(['packs', 'preview', file, ...more], { env, ...signal }) };
}

describe('cairn packs preview', () => {
  it('sends the draft, and tells at a glance what came of it', async () => {
    const { host, call } = await farEnd([{ progress: { read: 1, of: 2 } }, { report: REPORT }]);
    const called = await call('--since', '90d');
    expect(host.arrived.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /v1/admin/packs/team/preview?since=90d']);
    expect(JSON.parse(host.arrived[0]?.body ?? '')).toMatchObject({ pack: 'team', achievements: [{ slug: 'builder' }] });
    expect(called).toMatchObject({ exitCode: 0, stderr: '' });
    expect(called.stdout.split('\n')).toEqual([
      'team: 1,234 events of 16 users, 2026-04-01 to 2026-04-04, 4 days',
      'Estimated from 4 users, one in 4: shares and times are those of the sample.',
      '',
      'ACHIEVEMENT   CHANGE   NEW  UNLOCKS  A DAY  HOLDERS   SHARE  MEDIAN     P90',
      'builder       changed    1        3   0.75        2  12.5 %   1.5 d  45 min',
      '  bronze (3)                      3               2  12.5 %   1.5 d  45 min',
      '  gold (9)                        0               0     0 %       –       –',
      '',
      'XP: 60 in all; a user gets 2.5 (median), 20 (p90)',
      '  12 by the rule build',
      '',
      'builder  Builder',
      '  2026-04-01  ▄ █ 2026-04-04',
      '  EARLIEST              USER',
      '  2026-04-02T08:00:00Z  ann\\u{1b}[2J  bronze',
      '',
      'warning: builder: nobody would get to gold (nobody)',
      '',
    ]);
  });

  it('prints the document for scripts, and says where there was nothing to fold', async () => {
    const { call } = await farEnd([{ report: REPORT }]);
    expect(JSON.parse((await call('--json')).stdout)).toEqual(REPORT);
    const empty = { ...REPORT, first_event_at: null, last_event_at: null, since: '2026-04-01T08:00:00Z', achievements: [], warnings: [] };
    const { stdout } = await (await farEnd([{ report: empty }])).call();
    expect(stdout).toContain('team: no events since 2026-04-01T08:00:00Z to fold');
    expect(stdout).toContain('Nothing to warn of.');
  });

  it('sends nothing that is wrong by itself', async () => {
    const { host, file, call } = await farEnd([], { draft: DRAFT.replace('threshold: 3', 'threshold: many') });
    const wrong = await call();
    expect(wrong).toMatchObject({ exitCode: 1, stdout: '' });
    expect(wrong.stderr).toContain(`${file}:8:65: `);
    const misused = await call('--since', 'yesterday');
    expect(misused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(misused.stderr).toContain('Write it like 90d');
    expect(host.arrived).toEqual([]);
  });

  it('fails where the server says so, before or in the middle, or hangs up', async () => {
    const said = await (
      await farEnd([{ progress: { read: 1, of: 2 } }, { error: { code: 'unavailable', status: 503, detail: 'the log is away' } }])
    ).call();
    expect(said).toMatchObject({ exitCode: 1, stdout: '' });
    expect(said.stderr).toContain('the log is away (unavailable)');
    const broken = await (await farEnd([{ progress: { read: 1, of: 2 } }])).call();
    expect(broken).toMatchObject({ exitCode: 1, stdout: '' });
    expect(broken.stderr).toContain('broke off');
    const busy = await startRemoteHost((_request, response) =>
      answerJson(response, 429, { code: 'overloaded', detail: 'another preview is under way here: wait until it is done' }),
    );
    onTestFinished(() => busy.stop());
    const env = { CAIRN_DATA_DIR: await temporaryDirectory(), CAIRN_URL: busy.url, CAIRN_TOKEN: 'token' };
    const refused = await callCli(['packs', 'preview', 'git'], { env });
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('another preview is under way');
  });

  it('stops at Ctrl-C, and lets the server know', async () => {
    const interrupt = new AbortController();
    const { host, call } = await farEnd([{ progress: { read: 1, of: 2 } }], { signal: interrupt.signal, isOpen: true });
    const called = call();
    while (host.arrived.length === 0) await new Promise((resolve) => setImmediate(resolve));
    interrupt.abort();
    expect(await called).toEqual({ exitCode: 1, stdout: '', stderr: 'cairn: the preview was stopped\n' });
  });
});
