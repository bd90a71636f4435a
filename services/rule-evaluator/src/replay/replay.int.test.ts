import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Archive, directoryPlace, exportLog } from '@cairn/archive';
import { type CairnEvent, formatInstant } from '@cairn/contracts';
import { migrate } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RedactedLog } from '../log/RedactedLog.js';
import { anEvent } from '../testing/anEvent.js';
import { aCount, EvaluatorHarness, PARTITIONS } from '../testing/EvaluatorHarness.js';
import { replayed } from '../testing/replayed.js';
import { ArchiveLog } from './ArchiveLog.js';

const NOON = Date.UTC(2026, 3, 12, 12);
const USERS = 40;

let harness: EvaluatorHarness;

/** A new log for each: what was replayed must begin at its beginning. */
beforeEach(async () => {
  harness = await EvaluatorHarness.open();
});
afterEach(async () => {
  await harness.close();
});

/** All that a person can be asked about: nothing of it may change by a swap. */
async function answers(): Promise<unknown> {
  return harness.rows(
    `SELECT tenant_id, kind, user_id, encode(state, 'hex') AS state,
            (SELECT json_agg(json_build_array(slug, level, period, unlock_id, value, backfilled, log_seq, revoked_at) ORDER BY slug, level, period)
               FROM unlocks AS u WHERE (u.tenant_key, u.user_key) = (s.tenant_key, s.user_key)) AS unlocks,
            (SELECT json_agg(json_build_array(entry_id, amount) ORDER BY entry_id)
               FROM xp_entries AS x WHERE (x.tenant_key, x.user_key) = (s.tenant_key, s.user_key)) AS xp
       FROM user_state AS s JOIN users USING (tenant_key, user_key) JOIN tenants USING (tenant_key) ORDER BY 1, 2, 3`,
  );
}

/** The ids of what went out, in order. */
async function toldOf(): Promise<string[]> {
  const streams = await jetstreamManager(harness.nats);
  const told: string[] = [];
  await eventually(async () => expect(await harness.count('outbox')).toBe(0));
  for (let next = 1; ; ) {
    const message = await streams.streams.getMessage('EVENTS', { seq: next, next_by_subj: 'events.achievement.>' } as { seq: number });
    if (message === null) return told;
    told.push(message.header.get('Nats-Msg-Id'));
    next = message.seq + 1;
  }
}

async function schemas(): Promise<object[]> {
  return harness.rows(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'public_%'`);
}

const build = (n: number, more: { user?: string; id?: string; tenant?: string; type?: string } = {}): CairnEvent =>
  anEvent({ id: `b-${n}`, user: `user-${n % USERS}`, team: `team-${n % 3}`, at: formatInstant(NOON + n * 60_000), ...more });

const PACK = [
  aCount('five', 5),
  aCount('every-three', 3, { repeat: 'every_threshold' }),
  aCount('team-forty', 40, { scope: 'team' }),
  aCount('collector', 2, { criteria: { type: 'achievements', slugs: ['five', 'ten'] } }),
  aCount('ten', 10),
  aCount('two-deploys', 2, { criteria: { type: 'count', event: 'deploy.done', threshold: 2 }, on_retract: 'revoke' }),
];

/** Some of everything that goes into the log. */
async function live(from: number, events: number, { shared = true } = {}): Promise<void> {
  for (let n = from; n < from + events; n += 10) {
    await harness.append(Array.from({ length: 10 }, (_, i) => build(n + i)));
    // A second time, by whom it was and by somebody else.
    if (n % 50 === 0) await harness.append([build(n), ...(shared ? [build(n, { user: `user-${(n + 1) % USERS}` })] : [])]);
  }
}

async function aHistory(how: { shared?: boolean } = {}): Promise<void> {
  await harness.publishPack(PACK, { xp_rules: [{ id: 'each', event: 'build.succeeded', amount: 1 }] });
  await live(0, 200, how);
  await harness.append([build(1_000, { user: 'user-1', type: 'privacy.opted_out' }), build(1_001, { user: 'ben', tenant: 'acme' })]);
  await harness.appendControl({ kind: 'tenant_configured', timezone: 'Europe/Berlin', tierOrder: null });
  await harness.publishPack([...PACK, aCount('late', 2)]);
  await live(200, 200, how);
  // By whom something unlocks that is told late, and something that is not.
  await harness.append(Array.from({ length: 10 }, (_, n) => ({ ...build(2_000 + n, { user: `late-${n % 2}` }), backfill: n < 6 })));
  const by = { level: null, period: null, reason: 'well done' };
  await harness.appendControl({ kind: 'unlock_granted', userId: 'carla', slug: 'ten', ...by });
  await harness.appendControl({ kind: 'unlock_revoked', userId: 'user-2', slug: 'five', ...by });
  await harness.append([build(3_000, { user: 'dora', type: 'deploy.done' }), build(3_001, { user: 'dora', type: 'deploy.done' })]);
  await harness.appendControl({ kind: 'event_retracted', eventId: 'b-3000', userId: 'dora', reason: 'it never happened' });
}

describe('replay', () => {
  // proves: verified-beside-traffic, rebuilt-from-the-log
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
    const report = await replayed(harness).finally(() => {
      isOver = true;
    });
    await traffic;
    expect(report.tables.flatMap(({ table, differences }) => differences.map((difference) => ({ table, ...difference })))).toEqual([]);
    expect(report).toMatchObject({ verdict: 'equal', swapped: false });
    expect(report.digest.live).toBe(report.digest.rebuilt);
    expect(report.tables.find(({ table }) => table === 'events')?.rows.live).toBeGreaterThanOrEqual(400);
    expect(await harness.rows(`SELECT 1 FROM pg_namespace WHERE nspname LIKE '%generation%'`)).toEqual([]);
  });

  // proves: verified-beside-traffic
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
    const report = await replayed(harness);
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

  it('takes an event that two users sent from whom the live evaluation took it', async () => {
    // In different partitions, of which the live evaluation reads one after the other and the replay both at once.
    const first = await harness.startEvaluator('one');
    await harness.publishPack(PACK);
    await harness.evaluated();
    for (let n = 0; n < 40; n++) {
      const [winner, loser] = n % 2 === 0 ? ['user-1', 'user-2'] : ['user-2', 'user-1'];
      await harness.append([build(n, { user: winner })]);
      if (n % 10 === 0) await harness.evaluated();
      await harness.append([build(n, { user: loser })]);
    }
    await harness.evaluated();
    await harness.stopEvaluator(first);
    const report = await replayed(harness);
    expect(report.verdict).toBe('equal');
    expect(report.tables.find(({ table }) => table === 'events')?.rows).toEqual({ live: 40, rebuilt: 40 });
  });

  // proves: swapped-in-silence
  it('puts what it rebuilt in place under traffic: answers stay, nobody hears of it, and counting goes on', async () => {
    await harness.startEvaluator('one');
    await aHistory();
    await harness.evaluated();
    const [before, told, events] = [await answers(), await toldOf(), await harness.count('events')];
    const report = await replayed(harness, { swap: true });
    expect(report).toMatchObject({ verdict: 'equal', swapped: true });
    expect(await answers()).toEqual(before);
    await live(400, 100);
    await harness.evaluated();
    expect(await harness.count('events')).toBe(events + 100);
    // An event of before the swap is still known.
    await harness.append([build(3), build(399)]);
    await harness.evaluated();
    expect(await harness.count('events')).toBe(events + 100);
    await harness.drained();
    const since = (await toldOf()).slice(told.length);
    expect((await toldOf()).slice(0, told.length)).toEqual(told);
    const [unlocked] = await harness.rows<{ n: number }>(`SELECT count(*)::int AS n FROM unlocks WHERE log_seq > ${report.sequence}`);
    expect(since).toHaveLength(unlocked?.n ?? 0);
    expect((await replayed(harness)).verdict).toBe('equal');
    expect(await schemas()).toEqual([]);
  });

  // proves: swapped-in-silence
  it('mends what was lost, without telling anybody', async () => {
    await harness.startEvaluator('one');
    await aHistory();
    await harness.evaluated();
    const told = await toldOf();
    const [before] = await harness.rows('SELECT count(*)::int AS unlocks, sum(value) AS sum FROM unlocks');
    await harness.rows(
      `DELETE FROM unlocks WHERE slug = 'ten'; DELETE FROM xp_entries WHERE slug = 'ten'; UPDATE user_state SET state = '\\x02'`,
    );
    const report = await replayed(harness, { swap: true });
    expect(report).toMatchObject({ verdict: 'different', swapped: true });
    expect((await harness.rows('SELECT count(*)::int AS unlocks, sum(value) AS sum FROM unlocks'))[0]).toEqual(before);
    expect(await harness.rows(`SELECT DISTINCT backfilled FROM unlocks WHERE slug = 'ten'`)).toEqual([{ backfilled: true }]);
    await live(400, 10);
    await harness.evaluated();
    const [unlocked] = await harness.rows<{ n: number }>(`SELECT count(*)::int AS n FROM unlocks WHERE log_seq > ${report.sequence}`);
    expect(await toldOf()).toHaveLength(told.length + (unlocked?.n ?? 0));
    expect(await harness.count('outbox')).toBe(0);
  });

  it('goes on with what an interrupted one has left, and keeps two apart', async () => {
    await harness.startEvaluator('one');
    await aHistory();
    await harness.evaluated();
    const stop = new AbortController();
    let reached = 0;
    // While somebody else holds the partitions, it cannot come to its end.
    const holder = await harness.database.pool.connect();
    await holder.query('BEGIN; SELECT 1 FROM partitions FOR UPDATE');
    const interrupted = replayed(harness, {
      signal: stop.signal,
      progress: (done) => {
        reached = done;
      },
    });
    void Promise.allSettled([interrupted]);
    await eventually(() => expect(reached).toBeGreaterThan(0));
    await expect(replayed(harness)).rejects.toMatchObject({ code: 'replay_under_way' });
    stop.abort();
    await expect(interrupted).rejects.toMatchObject({ code: 'interrupted' });
    await holder.query('ROLLBACK');
    holder.release();
    await expect(replayed(harness, { tenantId: 'acme' })).rejects.toMatchObject({ code: 'generation_differs' });
    let first = -1;
    const report = await replayed(harness, {
      progress: (done) => {
        if (first === -1) first = done;
      },
    });
    expect(first).toBeGreaterThanOrEqual(reached);
    expect(report.verdict).toBe('equal');
    expect(await schemas()).toEqual([]);
  });

  it('compares and mends one tenant, and leaves the others alone', async () => {
    await harness.startEvaluator('one');
    await aHistory();
    await harness.publishPack(PACK, { tenantId: 'acme' });
    for (let n = 0; n < 100; n++) await harness.append([build(n, { tenant: 'acme', user: `user-${n % 4}` })]);
    await harness.evaluated();
    const acme = `tenant_key = (SELECT tenant_key FROM tenants WHERE tenant_id = 'acme')`;
    await harness.rows(`UPDATE unlocks SET value = value + 1 WHERE slug = 'five'`);
    expect(await replayed(harness, { tenantId: 'default' })).toMatchObject({ verdict: 'different', tenant: 'default' });
    const report = await replayed(harness, { tenantId: 'acme', swap: true, restart: true });
    expect(report).toMatchObject({ verdict: 'different', swapped: true });
    expect(await harness.rows(`SELECT DISTINCT value FROM unlocks WHERE slug = 'five' AND ${acme}`)).toEqual([{ value: 5 }]);
    expect(await harness.rows(`SELECT DISTINCT value FROM unlocks WHERE slug = 'five' AND NOT ${acme}`)).toEqual([{ value: 6 }]);
    await harness.append([build(1, { tenant: 'acme' }), build(500, { tenant: 'acme', user: 'user-0' }), build(500)]);
    await harness.evaluated();
    expect(await replayed(harness, { tenantId: 'acme' })).toMatchObject({ verdict: 'equal' });
  });

  it('fills an empty database from the log, and tells nobody', async () => {
    const evaluator = await harness.startEvaluator('one');
    // Who of two users is first with an event that both sent was decided by commits, of which nothing is left.
    await aHistory({ shared: false });
    await harness.evaluated();
    const [before, told] = [await answers(), await toldOf()];
    await harness.stopEvaluator(evaluator);
    await harness.rows('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await migrate(harness.database.pool, { partitions: PARTITIONS });
    const report = await replayed(harness, { swap: true });
    expect(await answers()).toEqual(before);
    expect(report).toMatchObject({ verdict: 'nothing_to_compare', swapped: true });
    await harness.startEvaluator('two');
    await live(400, 10);
    await harness.evaluated();
    const [unlocked] = await harness.rows<{ n: number }>(`SELECT count(*)::int AS n FROM unlocks WHERE log_seq > ${report.sequence}`);
    expect(await toldOf()).toHaveLength(told.length + (unlocked?.n ?? 0));
    expect((await replayed(harness)).verdict).toBe('equal');
  });

  it('replays a log that was trimmed, with the archive of what came before', async () => {
    await harness.startEvaluator('one');
    await aHistory();
    await harness.evaluated();
    const directory = await mkdtemp(join(tmpdir(), 'cairn-replay-'));
    try {
      const archive = await Archive.open(directoryPlace(directory));
      await exportLog({ nats: harness.nats, archive, progress: () => undefined, signal: new AbortController().signal });
      const events = await harness.count('events');
      await live(400, 50);
      await harness.evaluated();
      await (await jetstreamManager(harness.nats)).streams.purge('CAIRN_LOG', { seq: archive.last - 20 });
      await expect(replayed(harness)).rejects.toMatchObject({ code: 'log_trimmed' });
      const source = new ArchiveLog(archive, await RedactedLog.connect(harness.nats, { consumers: 'replay' }));
      const report = await replayed(harness, { source });
      expect(report.verdict).toBe('equal');
      expect(report.tables.find(({ table }) => table === 'events')?.rows).toEqual({ live: events + 50, rebuilt: events + 50 });
      await (await jetstreamManager(harness.nats)).streams.purge('CAIRN_LOG', { seq: archive.last + 3 });
      await expect(replayed(harness, { source })).rejects.toMatchObject({ code: 'log_trimmed' });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
