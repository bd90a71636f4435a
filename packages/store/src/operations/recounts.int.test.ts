import { describe, expect, it } from 'vitest';
import { ORDINALS_PER_EVENT, type RecountRow } from '../hot/EvaluationBatch.js';
import { isRecountPending, recountPlace } from '../recountShare.js';
import { batchOf, eventColumns, hashOf, NOON, unlockRow, xpRow } from '../testing/batches.js';
import { useTestStore } from '../testing/useTestStore.js';
import { commitBatch } from './commitBatch.js';
import { existingXpEntries } from './existingXpEntries.js';
import { firstUnlocks } from './firstUnlocks.js';
import { hasUsers } from './hasUsers.js';
import { listRecounts } from './listRecounts.js';
import { listUserKeys } from './listUserKeys.js';
import { livedSince } from './livedSince.js';
import { noteRecountRead } from './noteRecountRead.js';
import { xpReached } from './xpReached.js';

const store = useTestStore('before each test');

const rowOf = (of: Partial<RecountRow> = {}): RecountRow => ({
  ...{ tenantKey: store.tenantKey, tenantId: 'default', logSeq: 7, kind: 'recount', cause: 'publication', at: NOON },
  ...{ slugs: ['a', 'b"{,'], xpRules: ['pack/r'], slices: 1, slicesDone: 0, scannedKey: 0, byHand: [] },
  ...of,
});

describe('what is pending', () => {
  it('is begun once, moved and ended with batches, and with nothing of a batch that is refused', async () => {
    const pipeline = await store.pipeline();
    const recheck = rowOf({ kind: 'recheck', slugs: [], xpRules: [] });
    const begun = [rowOf(), recheck].map((row) => ({ change: 'begin' as const, row }));
    await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 7, recounts: begun }));
    expect(await listRecounts(store.pool, { partition: 0 })).toEqual([
      { ...recheck, partition: 0, readSeq: 0 },
      { ...rowOf(), partition: 0, readSeq: 0 },
    ]);
    const moved = rowOf({ slices: 4, slicesDone: 1, byHand: ['a', 'b"{,'] });
    await commitBatch(pipeline, batchOf({ oldSeq: 7, newSeq: 7, recounts: [{ change: 'move', row: moved }] }));
    await commitBatch(
      pipeline,
      batchOf({ oldSeq: 7, newSeq: 7, recounts: [{ change: 'end', row: recheck }, begun[0] as (typeof begun)[0]] }),
    );
    await noteRecountRead(store.pool, { tenantKey: store.tenantKey, partition: 0, logSeq: 7, readSeq: 5 });
    await commitBatch(pipeline, batchOf({ oldSeq: 7, newSeq: 7, recounts: [{ change: 'move', row: moved }] }));
    expect(await listRecounts(store.pool, { tenantKey: store.tenantKey })).toEqual([{ ...moved, partition: 0, readSeq: 5 }]);
    const end = { change: 'end' as const, row: moved };
    await expect(commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 8, recounts: [end] }))).rejects.toMatchObject({ code: 'fenced' });
    expect(await listRecounts(store.pool)).toHaveLength(1);
    expect(await listRecounts(store.pool, { partition: 1 })).toEqual([]);
    await commitBatch(pipeline, batchOf({ oldSeq: 7, newSeq: 8, recounts: [end] }));
    expect(await listRecounts(store.pool)).toEqual([]);
  });

  it('is so for a user until their share of the users is done, however thin the shares get', () => {
    const users = Array.from({ length: 1_000 }, (_, i) => `user-${i}`);
    const pending = (slices: number, slicesDone: number) => users.filter((user) => isRecountPending({ slices, slicesDone }, user));
    expect(pending(1, 0)).toHaveLength(1_000);
    expect(pending(4, 4)).toEqual([]);
    expect(pending(8, 2)).toEqual(pending(4, 1));
    const places = users.map(recountPlace);
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...places)).toBeLessThan(1);
    expect(pending(2, 1).length).toBeGreaterThan(400);
    expect(pending(2, 1).length).toBeLessThan(600);
  });
});

describe('what a user lived through', () => {
  const at = (logSeq: number, index: number, n = 0) => ({ logSeq, ordinal: index * ORDINALS_PER_EVENT + n });

  it('is told in the order of the log, from a place on and before it', async () => {
    const { tenantKey, ada, ben } = store;
    const unlock = (slug: string, place: object) => unlockRow({ tenantKey, userKey: ada, slug, causedBy: slug, ...place });
    const xp = (amount: number, totalAfter: number, place: object) => ({
      ...xpRow({ tenantKey, userKey: ada, amount }),
      totalAfter,
      ...place,
    });
    const late = xp(5, 15, { ...at(4, 2, 50_000), causedBy: 'e4' });
    const unlocks = [
      unlock('late', at(4, 2, 50_000)),
      unlock('early', at(2, 0)),
      unlock('live', at(4, 2)),
      unlockRow({ tenantKey, userKey: ben, slug: 'early', ...at(3, 0) }),
    ];
    const entries = [
      late,
      xp(10, 10, at(2, 0)),
      xp(2, 12, { ...at(4, 2), causedBy: 'e4' }),
      xpRow({ tenantKey, userKey: ben, amount: 99, logSeq: 3 }),
    ];
    await commitBatch(await store.pipeline(), batchOf({ oldSeq: 0, newSeq: 9, unlocks, xp: entries }));

    const since = await livedSince(store.pool, { tenantKey, userKeys: [ada], since: 4 });
    expect(since.unlocks.map(({ slug, sequence, index, at, cause }) => [slug, sequence, index, at, cause])).toEqual([
      ['live', 4, 2, NOON, 'live'],
      ['late', 4, 2, NOON, 'late'],
    ]);
    expect(since.entries.map(({ amount, totalAfter, sequence, index }) => [amount, totalAfter, sequence, index])).toEqual([
      [2, 12, 4, 2],
      [5, 15, 4, 2],
    ]);
    const before = { tenantKey, userKeys: [ada, ben], before: 4 };
    expect(await firstUnlocks(store.pool, { ...before, slugs: ['early', 'late'] })).toMatchObject([
      { userKey: ada, slug: 'early', sequence: 2, index: 0, cause: 'early' },
      { userKey: ben, slug: 'early', sequence: 3 },
    ]);
    // What one cause paid at one place counts together.
    expect(await xpReached(store.pool, { tenantKey, userKeys: [ada, ben], thresholds: [10, 12, 16], before: 9 })).toMatchObject([
      { userKey: ada, threshold: 10, total: 10, sequence: 2, cause: 'evt' },
      { userKey: ada, threshold: 12, total: 15, sequence: 4, index: 2, cause: 'e4' },
      { userKey: ben, threshold: 10, total: 99 },
      { userKey: ben, threshold: 12, total: 99 },
      { userKey: ben, threshold: 16, total: 99 },
    ]);
    expect(await xpReached(store.pool, { ...before, thresholds: [12] })).toMatchObject([{ userKey: ben }]);
    const ids = [late.entryId, late.entryId];
    expect(await existingXpEntries(store.pool, { tenantKey, userKeys: [ada, ben], entryIds: ids })).toEqual([late.entryId]);
  });

  it('is told of an unlock that was taken back and given again where it was given again, and before that it was not held', async () => {
    const { tenantKey, ada } = store;
    const pipeline = await store.pipeline();
    const unlocks = ['back', 'back-early', 'gone'].map((slug, i) => unlockRow({ tenantKey, userKey: ada, slug, ...at(2, i) }));
    const revocations = unlocks.map(({ unlockId }) => ({ tenantKey, unlockId, revokedAt: NOON, revokedReason: 'retracted' }));
    await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 3, unlocks, revocations }));
    const held = { tenantKey, revokedAt: null, revokedReason: null };
    const restored = (logSeq: number) => ({ restored: { logSeq, logIndex: 3, at: NOON + 1, causedBy: 'again' } });
    const restorations = unlocks.slice(0, 2).map(({ unlockId }, i) => ({ ...held, unlockId, ...restored(i === 0 ? 7 : 4) }));
    await commitBatch(pipeline, batchOf({ oldSeq: 3, newSeq: 7, revocations: restorations }));

    const of = { tenantKey, userKeys: [ada] };
    const lived = async (since: number) => (await livedSince(store.pool, { ...of, since })).unlocks;
    const again = { slug: 'back', level: null, period: null, sequence: 7, index: 3, at: NOON + 1, cause: 'again' };
    expect(await lived(6)).toMatchObject([again]);
    expect(await lived(8)).toEqual([]);
    const firsts = async (before: number) =>
      (await firstUnlocks(store.pool, { ...of, slugs: ['back', 'back-early', 'gone'], before })).map(({ slug }) => slug);
    expect(await firsts(6)).toEqual(['back-early']);
    expect(await firsts(8)).toEqual(['back', 'back-early']);
    await commitBatch(pipeline, batchOf({ oldSeq: 7, newSeq: 8, revocations }));
    expect(await lived(6)).toEqual([]);
  });

  it('gets other running totals where something is paid before it, and other matches where more counts it', async () => {
    const { tenantKey, ada } = store;
    const pipeline = await store.pipeline();
    const entry = xpRow({ tenantKey, userKey: ada, amount: 3, logSeq: 5 });
    const events = eventColumns(
      ['e1', 'e2', 'e3'].map((eventId, i) => ({
        tenantKey,
        userKey: ada,
        eventId,
        logSeq: 5,
        logIndex: i,
        ...(i === 0 ? { matched: [4] } : {}),
      })),
    );
    await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 5, xp: [entry], events }));
    const matches = ['e1', 'e2'].map((eventId) => ({ tenantKey, eventIdHash: hashOf(eventId), definitionKeys: [9, 7] }));
    const xpTotals = [{ tenantKey, userKey: ada, entryId: entry.entryId, totalAfter: 53 }];
    for (let time = 0; time < 2; time++) await commitBatch(pipeline, batchOf({ oldSeq: 5, newSeq: 5, xpTotals, matches }));
    expect((await livedSince(store.pool, { tenantKey, userKeys: [ada], since: 5 })).entries).toMatchObject([{ amount: 3, totalAfter: 53 }]);
    const { rows } = await store.pool.query('SELECT matched FROM events ORDER BY event_id');
    expect(rows).toEqual([{ matched: [4, 9, 7] }, { matched: [9, 7] }, { matched: null }]);
  });
});

it('finds the users with a state page by page, and knows whether there is anybody at all', async () => {
  const { tenantKey, ada, ben } = store;
  const states = [ada, ben].map((userKey) => ({ tenantKey, userKey, state: Buffer.from('x') }));
  expect(await listUserKeys(store.pool, { tenantKey, after: 0, limit: 10 })).toEqual([]);
  await commitBatch(await store.pipeline(), batchOf({ oldSeq: 0, newSeq: 1, userStates: states }));
  const [first] = await listUserKeys(store.pool, { tenantKey, after: 0, limit: 1 });
  const [second] = await listUserKeys(store.pool, { tenantKey, after: first?.userKey ?? 0, limit: 1 });
  expect([first, second]).toEqual([
    { userKey: Math.min(ada, ben), userId: expect.any(String) as string },
    { userKey: Math.max(ada, ben), userId: expect.any(String) as string },
  ]);
  expect(await hasUsers(store.pool, tenantKey)).toBe(true);
  expect(await hasUsers(store.pool, tenantKey + 1_000)).toBe(false);
});
