import { describe, expect, it } from 'vitest';
import { useTestStore } from '../testing/useTestStore.js';
import { catalogueSequence } from './catalogueSequence.js';
import { deleteProgress } from './deleteProgress.js';
import { ensureTenant } from './ensureTenant.js';
import { findAuditEntry } from './findAuditEntry.js';
import { insertAudit } from './insertAudit.js';
import { lapsedProgress } from './lapsedProgress.js';
import { lastTick } from './lastTick.js';
import { listUserStates } from './listUserStates.js';
import { loadUsers } from './loadUsers.js';
import { noteTick } from './noteTick.js';
import { pruneProgress } from './pruneProgress.js';
import { publishDefinitions } from './publishDefinitions.js';
import { readProgress } from './readProgress.js';
import { readUserStates } from './readUserStates.js';
import { setTenantSettings } from './setTenantSettings.js';
import { type ProgressRow, upsertProgress } from './upsertProgress.js';

const store = useTestStore('before each test');

async function writeState(tenantKey: number, userKey: number, lastSeq: number): Promise<void> {
  await store.pool.query('INSERT INTO user_state (tenant_key, user_key, last_seq, state) VALUES ($1, $2, $3, $4)', [
    tenantKey,
    userKey,
    lastSeq,
    Buffer.from([lastSeq]),
  ]);
}

describe('the place of a catalogue in the log', () => {
  it('is that of its newest publication or setting, and of no other tenant', async () => {
    const { pool, tenantKey } = store;
    const other = await ensureTenant(pool, 'other');
    expect(await catalogueSequence(pool, tenantKey)).toBe(0);
    const publication = { pack: 'p', publishedAt: 0, publishedBy: 'ci', content: {}, versions: [], retired: [] };
    await publishDefinitions(pool, { ...publication, tenantKey, logSeq: 7 });
    await setTenantSettings(pool, { tenantKey, logSeq: 5, timezone: null, tierOrder: null });
    await publishDefinitions(pool, { ...publication, tenantKey: other.tenantKey, logSeq: 90 });
    expect(await catalogueSequence(pool, tenantKey)).toBe(7);
    await setTenantSettings(pool, { tenantKey, logSeq: 11, timezone: null, tierOrder: null });
    expect(await catalogueSequence(pool, tenantKey)).toBe(11);
  });
});

describe('states of many users', () => {
  it('are read for those that have one, and make nobody', async () => {
    const { pool, tenantKey, ada } = store;
    await writeState(tenantKey, ada, 3);
    const states = await readUserStates(pool, { tenantKey, userIds: ['ada', 'ben', 'nobody'] });
    expect(states).toEqual([{ userId: 'ada', userKey: ada, state: Buffer.from([3]), lastSeq: 3 }]);
    expect(await store.count('users')).toBe(2);
  });

  it('are listed page by page, each once, of one tenant', async () => {
    const { pool, tenantKey } = store;
    const other = await ensureTenant(pool, 'other');
    const userIds = Array.from({ length: 7 }, (_, i) => `u${i}`);
    const users = await loadUsers(pool, { tenantKey, userIds });
    const [foreign] = await loadUsers(pool, { tenantKey: other.tenantKey, userIds: ['foreign'] });
    for (const [i, { userKey }] of users.entries()) await writeState(tenantKey, userKey, i + 1);
    await writeState(other.tenantKey, foreign?.userKey ?? 0, 99);
    const listed: number[] = [];
    for (let after: number | undefined; ; after = listed.at(-1)) {
      const page = await listUserStates(pool, { tenantKey, limit: 3, ...(after === undefined ? {} : { after }) });
      listed.push(...page.map(({ userKey }) => userKey));
      if (page.length < 3) break;
    }
    expect(listed).toEqual(users.map(({ userKey }) => userKey).sort((a, b) => a - b));
  });
});

describe('progress that is no more', () => {
  const row = (userKey: number, slug: string, updatedSeq: number): ProgressRow => ({
    tenantKey: store.tenantKey,
    userKey,
    slug,
    version: 1,
    status: 'progressing',
    value: 1,
    threshold: 2,
    level: null,
    period: null,
    updatedSeq,
    lapsesAt: null,
  });

  it('is deleted for the users that were looked at, but not what a newer state has written', async () => {
    const { pool, tenantKey, ada, ben } = store;
    const rows = [row(ada, 'kept', 5), row(ada, 'gone', 5), row(ada, 'newer', 9), row(ben, 'gone', 5)];
    await upsertProgress(pool, { projection: 'p', lastSeq: 5, rows });
    expect(await pruneProgress(pool, { tenantKey, users: [{ userKey: ada, lastSeq: 6 }], kept: [{ userKey: ada, slug: 'kept' }] })).toBe(1);
    expect((await readProgress(pool, { tenantKey, userId: 'ada' })).map(({ slug }) => slug)).toEqual(['kept', 'newer']);
    expect(await readProgress(pool, { tenantKey, userId: 'ben' })).toHaveLength(1);
    expect(await pruneProgress(pool, { tenantKey, users: [{ userKey: ben, lastSeq: 6 }], kept: [] })).toBe(1);
  });

  it('is deleted row by row where only some of it was looked at', async () => {
    const { pool, tenantKey, ada, ben } = store;
    const rows = [row(ada, 'gone', 5), row(ada, 'newer', 9), row(ada, 'other', 5), row(ben, 'gone', 5)];
    await upsertProgress(pool, { projection: 'p', lastSeq: null, rows });
    const gone = ['gone', 'newer', 'never'].map((slug) => ({ userKey: ada, slug, lastSeq: 6 }));
    expect(await deleteProgress(pool, { tenantKey, rows: gone })).toBe(1);
    expect((await readProgress(pool, { tenantKey, userId: 'ada' })).map(({ slug }) => slug)).toEqual(['newer', 'other']);
    expect(await readProgress(pool, { tenantKey, userId: 'ben' })).toHaveLength(1);
  });
});

describe('time', () => {
  it('is that of the newest tick, and never goes back', async () => {
    const { pool } = store;
    await pool.query('DELETE FROM clock');
    expect(await lastTick(pool)).toBeNull();
    for (const at of [1_000, 5_000, 3_000]) await noteTick(pool, at);
    expect(await lastTick(pool)).toBe(5_000);
  });

  it('names the progress that is to be shown anew, page by page, and no other', async () => {
    const { pool, tenantKey, ada, ben } = store;
    const row = (userKey: number, slug: string, lapsesAt: number | null): ProgressRow => ({
      ...{ tenantKey, userKey, slug, version: 1, status: 'progressing', value: 1, threshold: 2, level: null, period: null },
      ...{ updatedSeq: 5, lapsesAt },
    });
    const rows = [
      row(ada, 'month', 9_000),
      row(ada, 'week', 2_000),
      row(ada, 'day', 1_000),
      row(ada, 'ever', null),
      row(ben, 'day', 2_000),
    ];
    await upsertProgress(pool, { projection: 'p', lastSeq: null, rows });
    const first = await lapsedProgress(pool, { at: 2_000, after: null, limit: 2 });
    expect(first.map(({ userId, slug }) => [userId, slug])).toEqual([
      ['ada', 'day'],
      ['ada', 'week'],
    ]);
    const rest = await lapsedProgress(pool, { at: 2_000, after: first.at(-1) ?? null, limit: 2 });
    expect(rest.map(({ userId, slug }) => [userId, slug])).toEqual([['ben', 'day']]);
  });
});

describe('the audit', () => {
  it('keeps what stands under an id already, each tenant for itself', async () => {
    const { pool, tenantKey } = store;
    const other = await ensureTenant(pool, 'other');
    const auditId = crypto.randomUUID();
    const entry = { tenantKey, actor: 'ci', action: 'unlock_granted', subject: { n: 1 }, reason: 'thanks', auditId };
    expect(await insertAudit(pool, entry)).toEqual({ auditId });
    await insertAudit(pool, { ...entry, subject: { n: 2 } });
    const { auditId: _, ...kept } = entry;
    expect(await findAuditEntry(pool, { tenantKey, auditId })).toEqual(kept);
    expect(await findAuditEntry(pool, { tenantKey: other.tenantKey, auditId })).toBeNull();
  });
});
