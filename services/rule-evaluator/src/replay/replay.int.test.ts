import { type CairnEvent, formatInstant } from '@cairn/contracts';
import { createLogger } from '@cairn/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JetStreamLog } from '../log/JetStreamLog.js';
import { anEvent } from '../testing/anEvent.js';
import { aCount, EvaluatorHarness } from '../testing/EvaluatorHarness.js';
import type { ReplayReport } from './ReplayReport.js';
import { type ReplayOptions, replay } from './replay.js';

const NOON = Date.UTC(2026, 3, 12, 12);
const USERS = 40;
const logger = createLogger({ name: 'test', level: 'fatal', pretty: 'off' });

let harness: EvaluatorHarness;

/** A new log for each: what was replayed must begin at its beginning. */
beforeEach(async () => {
  harness = await EvaluatorHarness.open();
});
afterEach(async () => {
  await harness.close();
});

async function replayed(more: Partial<ReplayOptions> = {}): Promise<ReplayReport> {
  const source = await JetStreamLog.connect(harness.nats, { consumers: 'replay' });
  return replay({
    source,
    database: harness.database,
    databaseUrl: harness.servers.database.url,
    logger,
    version: 'test',
    swap: false,
    tenantId: null,
    restart: false,
    partial: false,
    progressProjection: 'progress-projection',
    progress: () => undefined,
    note: () => undefined,
    signal: new AbortController().signal,
    ...more,
  });
}

/** All that a person can be asked about: nothing of it may change by a swap. */
async function answers(): Promise<unknown> {
  return harness.rows(
    `SELECT tenant_id, kind, user_id, encode(state, 'hex') AS state,
            (SELECT json_agg(json_build_array(slug, level, period, unlock_id, value, backfilled, log_seq, ordinal, revoked_at) ORDER BY slug, level, period)
               FROM unlocks AS u WHERE (u.tenant_key, u.user_key) = (s.tenant_key, s.user_key)) AS unlocks,
            (SELECT json_agg(json_build_array(entry_id, amount, total_after) ORDER BY entry_id)
               FROM xp_entries AS x WHERE (x.tenant_key, x.user_key) = (s.tenant_key, s.user_key)) AS xp
       FROM user_state AS s JOIN users USING (tenant_key, user_key) JOIN tenants USING (tenant_key) ORDER BY 1, 2, 3`,
  );
}

const build = (n: number, more: { user?: string; id?: string; tenant?: string; type?: string } = {}): CairnEvent =>
  anEvent({ id: `b-${n}`, user: `user-${n % USERS}`, team: `team-${n % 3}`, at: formatInstant(NOON + n * 60_000), ...more });

const PACK = [
  aCount('five', 5),
  aCount('every-three', 3, { repeat: 'every_threshold' }),
  aCount('team-forty', 40, { scope: 'team' }),
  aCount('collector', 2, { criteria: { type: 'achievements', slugs: ['five', 'ten'] } }),
  aCount('ten', 10),
];

/** Some of everything that goes into the log. */
async function live(from: number, events: number): Promise<void> {
  for (let n = from; n < from + events; n += 10) {
    await harness.append(Array.from({ length: 10 }, (_, i) => build(n + i)));
    // A second time, by whom it was and by somebody else.
    if (n % 50 === 0) await harness.append([build(n), build(n, { user: `user-${(n + 1) % USERS}` })]);
  }
}

async function aHistory(): Promise<void> {
  await harness.publishPack(PACK, { xp_rules: [{ id: 'each', event: 'build.succeeded', amount: 1 }] });
  await live(0, 200);
  await harness.append([build(1_000, { user: 'user-1', type: 'privacy.opted_out' }), build(1_001, { user: 'ben', tenant: 'acme' })]);
  await harness.appendControl({ kind: 'tenant_configured', timezone: 'Europe/Berlin', tierOrder: null });
  await harness.publishPack([...PACK, aCount('late', 2)]);
  await live(200, 200);
  const by = { level: null, period: null, reason: 'well done' };
  await harness.appendControl({ kind: 'unlock_granted', userId: 'carla', slug: 'ten', ...by });
  await harness.appendControl({ kind: 'unlock_revoked', userId: 'user-2', slug: 'five', ...by });
}

describe('replay', () => {
  it('finds the live state again from the log, while events come and versions are published', async () => {
    await harness.startEvaluator('one');
    await aHistory();
    let isOver = false;
    const traffic = (async () => {
      for (let n = 400; !isOver; n += 10) {
        await live(n, 10);
        if (n === 420) await harness.publishPack([...PACK, aCount('late', 3), aCount('later', 4)]);
      }
    })();
    const report = await replayed().finally(() => {
      isOver = true;
    });
    await traffic;
    expect(report.tables.flatMap(({ table, differences }) => differences.map((difference) => ({ table, ...difference })))).toEqual([]);
    expect(report).toMatchObject({ verdict: 'equal', swapped: false });
    expect(report.digest.live).toBe(report.digest.rebuilt);
    expect(report.tables.find(({ table }) => table === 'events')?.rows.live).toBeGreaterThanOrEqual(400);
    expect(await harness.rows(`SELECT 1 FROM pg_namespace WHERE nspname LIKE '%generation%'`)).toEqual([]);
  });

  it('names the rows in which the live state differs from the log', async () => {
    await harness.startEvaluator('one');
    await aHistory();
    await harness.evaluated();
    await harness.rows(
      `UPDATE unlocks SET value = 99 WHERE slug = 'five' AND user_key = (SELECT user_key FROM users WHERE user_id = 'user-7' AND kind = 0)`,
    );
    await harness.rows(`DELETE FROM xp_entries WHERE caused_by = 'b-12' AND reason = 'rule'`);
    await harness.rows(
      `INSERT INTO events SELECT tenant_key, log_index, user_key, log_seq, occurred_at, gen_random_uuid(), NULL, NULL, payload_hash, 'made-up', NULL FROM events WHERE event_id = 'b-12'`,
    );
    const report = await replayed();
    expect(report.verdict).toBe('different');
    const differences = report.tables.flatMap((table) => table.differences.map((difference) => ({ table: table.table, ...difference })));
    expect(differences).toHaveLength(4);
    expect(differences).toMatchObject([
      { table: 'events', kind: 'unfounded', row: { event_id: 'made-up', user_id: 'user-12' } },
      { table: 'unlocks', kind: 'changed', row: { user_id: 'user-7', slug: 'five' }, columns: { value: { live: 99, rebuilt: 5 } } },
      { table: 'xp_entries', row: { user_id: 'user-12' } },
      { table: 'xp_entries', row: { user_id: 'user-12' } },
    ]);
    // What is missing, and the total behind it that counts it all the same.
    expect(
      differences
        .slice(2)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['changed', 'missing']);
  });
});
