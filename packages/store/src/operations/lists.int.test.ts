import { beforeAll, describe, expect, it } from 'vitest';
import { batchOf, eventColumns, NOON, unlockRow, xpRow } from '../testing/batches.js';
import { useTestStore } from '../testing/useTestStore.js';
import { commitBatch } from './commitBatch.js';
import { insertAudit } from './insertAudit.js';
import { type ListedUnlock, listTenantUnlocks, listUserUnlocks } from './listUnlocks.js';
import { type ListedXpEntry, listXpEntries } from './listXpEntries.js';
import { loadUsers } from './loadUsers.js';
import { projectionPosition } from './projectionPosition.js';
import { readProgress } from './readProgress.js';
import { type ProgressRow, upsertProgress } from './upsertProgress.js';
import { type EventRef, userEventRefs } from './userEventRefs.js';
import { xpTotals } from './xpTotals.js';

/** Many rows share a place in the log but for the last part of the key: what keyset paging gets wrong first. */
const ROWS = 30;
const SEQ = (i: number) => 1 + Math.floor(i / 20);
const ORDINAL = (i: number) => Math.floor(i / 5) % 4;
const UNLOCKED_AT = (i: number) => NOON - (i % 3) * 86_400_000;

const store = useTestStore('once');

beforeAll(async () => {
  const { tenantKey, ada, ben } = store;
  const numbers = Array.from({ length: ROWS }, (_, i) => i);
  const place = (i: number) => ({ tenantKey, userKey: ada, logSeq: SEQ(i), ordinal: ORDINAL(i) });
  const unlocks = [
    // Every third was reached earlier than its place in the log says, as late events and recounts bring it about.
    ...numbers.map((i) => unlockRow({ ...place(i), slug: `s${i}`, unlockedAt: UNLOCKED_AT(i) })),
    unlockRow({ ...place(0), userKey: ben, slug: 's0', level: 'gold', period: '2026-04', message: 'well done' }),
    unlockRow({ ...place(0), tenantKey: tenantKey + 1, slug: 'foreign' }),
  ];
  const batch = batchOf({
    oldSeq: 0,
    newSeq: 5,
    unlocks,
    xp: [
      ...numbers.map((i) => xpRow({ ...place(i), amount: i, slug: `s${i}` })),
      xpRow({ ...place(0), userKey: ben, amount: -7, slug: 's0', level: 'gold', period: '2026-04', reason: 'revocation' }),
      xpRow({ ...place(0), tenantKey: tenantKey + 1, amount: 1000 }),
    ],
    events: eventColumns([
      ...numbers.map((i) => ({ tenantKey, userKey: ada, eventId: `e${i}`, logSeq: SEQ(i), logIndex: i })),
      { tenantKey, userKey: ben, eventId: 'of-ben', logSeq: 1, logIndex: 99 },
    ]),
  });
  await commitBatch(await store.pipeline(), batch);
});

/** All rows of a list, read in small pages, each after the last row of the page before. */
async function allPages<Row>(read: (page: { limit: number; after?: Row }) => Promise<Row[]>): Promise<Row[]> {
  const all: Row[] = [];
  for (;;) {
    const after = all.at(-1);
    const page = await read({ limit: 4, ...(after === undefined ? {} : { after }) });
    if (page.length === 0) return all;
    all.push(...page);
  }
}

function inLogOrder(a: ListedUnlock, b: ListedUnlock): number {
  return a.logSeq - b.logSeq || a.ordinal - b.ordinal || (a.unlockId < b.unlockId ? -1 : 1);
}

describe('unlocks', () => {
  it('of a user come newest first, each once', async () => {
    const { tenantKey } = store;
    const all = await allPages<ListedUnlock>((page) => listUserUnlocks(store.pool, { tenantKey, userId: 'ada', ...page }));
    expect(new Set(all.map(({ slug }) => slug)).size).toBe(ROWS);
    expect(all).toHaveLength(ROWS);
    expect(all).toEqual([...all].sort((a, b) => a.unlockedAt - b.unlockedAt || inLogOrder(a, b)).reverse());
    expect(all[0]?.unlockedAt).toBe(NOON);
  });

  it('of a user are each there once while later and earlier ones come in between two pages', async () => {
    const { tenantKey } = store;
    const [eve] = await loadUsers(store.pool, { tenantKey, userIds: ['eve'] });
    if (eve === undefined) throw new Error('users are loaded in the order asked for');
    const { userKey } = eve;
    const reached = (hour: number, logSeq: number) =>
      unlockRow({ tenantKey, userKey, slug: `at-${hour}`, unlockedAt: NOON + hour * 3_600_000, logSeq, ordinal: hour });
    const pipeline = await store.pipeline();
    const first = [1, 2, 3, 4, 5, 6].map((hour) => reached(hour, 6));
    await commitBatch(pipeline, batchOf({ oldSeq: 5, newSeq: 6, unlocks: first }));
    const page = (after?: ListedUnlock) =>
      listUserUnlocks(store.pool, { tenantKey, userId: 'eve', limit: 3, ...(after === undefined ? {} : { after }) });
    const newest = await page();
    await commitBatch(pipeline, batchOf({ oldSeq: 6, newSeq: 7, unlocks: [reached(9, 7), reached(0, 7)] }));
    const next = await page(newest.at(-1));
    const rest = await page(next.at(-1));
    expect([...newest, ...next, ...rest].map(({ slug }) => slug)).toEqual(['at-6', 'at-5', 'at-4', 'at-3', 'at-2', 'at-1', 'at-0']);
    expect((await page())[0]?.slug).toBe('at-9');
  });

  it('of a tenant come oldest first, each once, and none from beyond the watermark', async () => {
    const { tenantKey } = store;
    const all = await allPages<ListedUnlock>((page) => listTenantUnlocks(store.pool, { tenantKey, watermark: 5, ...page }));
    expect(all).toHaveLength(ROWS + 1);
    expect(all).toEqual([...all].sort(inLogOrder));
    const below = await listTenantUnlocks(store.pool, { tenantKey, watermark: 1, limit: 100 });
    expect(below).toEqual(all.filter(({ logSeq }) => logSeq === 1));
  });

  it('hold every column', async () => {
    const { tenantKey } = store;
    expect(await listUserUnlocks(store.pool, { tenantKey, userId: 'ben', limit: 10 })).toEqual([
      {
        ...{
          userId: 'ben',
          teamId: null,
          unlockId: expect.any(String) as string,
          slug: 's0',
          level: 'gold',
          period: '2026-04',
          version: 1,
        },
        ...{ value: 3, threshold: 3, xpReward: 50, xpTotal: 50, unlockedAt: NOON, causedBy: 'evt', evidence: ['evt'] },
        ...{ message: 'well done', backfilled: false, revokedAt: null, revokedReason: null, logSeq: 1, ordinal: 0 },
      },
    ]);
  });

  it('that were revoked come only when asked for', async () => {
    const { tenantKey } = store;
    const [ofBen] = await listUserUnlocks(store.pool, { tenantKey, userId: 'ben', limit: 1 });
    if (ofBen === undefined) throw new Error('there is one');
    const pipeline = await store.pipeline();
    const revocation = { tenantKey, unlockId: ofBen.unlockId, revokedAt: NOON, revokedReason: 'by mistake' };
    await commitBatch(pipeline, batchOf({ oldSeq: 7, newSeq: 8, revocations: [revocation] }));
    expect(await listUserUnlocks(store.pool, { tenantKey, userId: 'ben', limit: 1 })).toEqual([]);
    expect(await listUserUnlocks(store.pool, { tenantKey, userId: 'ben', limit: 1, revoked: 'include' })).toMatchObject([
      { revokedAt: NOON, revokedReason: 'by mistake' },
    ]);
  });
});

describe('the ledger', () => {
  it('of a user comes newest first, each entry once', async () => {
    const { tenantKey } = store;
    const all = await allPages<ListedXpEntry>((page) => listXpEntries(store.pool, { tenantKey, userId: 'ada', ...page }));
    expect(all.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, i) => i));
    const places = all.map(({ logSeq, ordinal }) => logSeq * 10 + ordinal);
    expect(places).toEqual([...places].sort((a, b) => b - a));
  });

  it('holds every column', async () => {
    expect(await listXpEntries(store.pool, { tenantKey: store.tenantKey, userId: 'ben', limit: 10 })).toEqual([
      {
        ...{
          entryId: expect.any(String) as string,
          amount: -7,
          totalAfter: -7,
          reason: 'revocation',
          slug: 's0',
          level: 'gold',
          period: '2026-04',
        },
        ruleId: null,
        ...{ occurredAt: NOON, causedBy: 'evt', logSeq: 1, ordinal: 0 },
      },
    ]);
  });

  it('is summed up for each user of the tenant', async () => {
    const { tenantKey, ada, ben } = store;
    expect(await xpTotals(store.pool, { tenantKey, userKeys: [ben, 999_999, ada] })).toEqual([
      { userKey: ben, total: -7 },
      { userKey: 999_999, total: 0 },
      { userKey: ada, total: (ROWS * (ROWS - 1)) / 2 },
    ]);
  });
});

describe('the events of a user', () => {
  it('are found newest first, each once', async () => {
    const { tenantKey } = store;
    const all = await allPages<EventRef>((page) => userEventRefs(store.pool, { tenantKey, userId: 'ada', ...page }));
    expect(all).toEqual(Array.from({ length: ROWS }, (_, i) => ROWS - 1 - i).map((i) => ({ logSeq: SEQ(i), logIndex: i })));
  });
});

describe('projected progress', () => {
  const row = (of: Partial<ProgressRow>): ProgressRow => ({
    ...{ tenantKey: store.tenantKey, userKey: store.ada, slug: 's', version: 1, status: 'progressing', value: 1, threshold: 3 },
    ...{ level: null, period: null, updatedSeq: 10, lapsesAt: null },
    ...of,
  });

  it('moves on together with its offset, and never backwards', async () => {
    const user = { tenantKey: store.tenantKey, userId: 'ada' };
    expect(await projectionPosition(store.pool, 'progress')).toBe(0);
    await upsertProgress(store.pool, { projection: 'progress', lastSeq: 10, rows: [row({}), row({ slug: 'a', level: 'gold' })] });
    await upsertProgress(store.pool, {
      projection: 'progress',
      lastSeq: 20,
      rows: [row({ status: 'unlocked', value: 3, updatedSeq: 20 })],
    });
    await upsertProgress(store.pool, { projection: 'progress', lastSeq: 15, rows: [row({ value: 2, updatedSeq: 15 })] });
    expect(await readProgress(store.pool, user)).toEqual([
      row({ slug: 'a', level: 'gold' }),
      row({ status: 'unlocked', value: 3, updatedSeq: 20 }),
    ]);
    expect(await projectionPosition(store.pool, 'progress')).toBe(20);
  });
});

describe('the audit', () => {
  it('keeps who did what, to whom and why', async () => {
    const entry = {
      tenantKey: store.tenantKey,
      actor: 'ci',
      action: 'grant',
      subject: { user: 'ada', slug: 's' },
      reason: 'well deserved',
    };
    const { auditId } = await insertAudit(store.pool, entry);
    const { rows } = await store.pool.query('SELECT actor, action, subject, reason FROM audit WHERE tenant_key = $1 AND audit_id = $2', [
      store.tenantKey,
      auditId,
    ]);
    expect(rows).toEqual([{ actor: 'ci', action: 'grant', subject: { user: 'ada', slug: 's' }, reason: 'well deserved' }]);
  });
});
