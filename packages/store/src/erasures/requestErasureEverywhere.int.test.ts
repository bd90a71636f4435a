import { describe, expect, it } from 'vitest';
import { addUserAlias } from '../operations/addUserAlias.js';
import { ensureTenant } from '../operations/ensureTenant.js';
import { addTenantMerge } from '../tenantMerges/addTenantMerge.js';
import { noteTenantCopy } from '../tenantMerges/noteTenantCopy.js';
import { useTestStore } from '../testing/useTestStore.js';
import { findErasures } from './findErasures.js';
import { nextErasure } from './nextErasure.js';
import { noteErasure } from './noteErasure.js';
import { requestErasureEverywhere } from './requestErasureEverywhere.js';

const store = useTestStore('before each test');

const erase = (userId: string) =>
  requestErasureEverywhere(store.pool, { tenantId: 'default', tenantKey: store.tenantKey, userId, actor: 'test', reason: 'asked for' });

async function merged(from: string, into: string, { logSeq, isThrough = true }: { logSeq: number; isThrough?: boolean }): Promise<number> {
  const { tenantKey } = await ensureTenant(store.pool, from);
  await addTenantMerge(store.pool, { tenantKey, intoTenant: into, logSeq, at: 0 });
  await noteTenantCopy(store.pool, { tenantKey, scannedSeq: logSeq, events: 0, isFinished: isThrough });
  return tenantKey;
}

/** In the order in which they are done. */
async function doAll(): Promise<{ erasureId: string; tenantId: string; userIds: string[] }[]> {
  const all = [];
  for (let next = await nextErasure(store.pool); next !== null; next = await nextErasure(store.pool)) {
    const { erasureId, tenantId, userIds } = next;
    all.push({ erasureId, tenantId, userIds: userIds.sort() });
    await noteErasure(store.pool, { ...next, step: 'done' });
  }
  return all;
}

describe('a user who is erased in a tenant that others were merged into', () => {
  it('is not erased there before what the others had not evaluated yet has come, nor forgotten under an alias of there', async () => {
    const attic = await merged('attic', 'lab', { logSeq: 10 });
    const lab = await merged('lab', 'default', { logSeq: 20 });
    await merged('shop', 'default', { logSeq: 15 });
    await addUserAlias(store.pool, { tenantKey: lab, alias: 'ada.lab', userId: 'ada', logSeq: 5, at: 0 });
    await addUserAlias(store.pool, { tenantKey: attic, alias: 'ada.attic', userId: 'ada.lab', logSeq: 6, at: 0 });
    const asked = await erase('ada');
    const all = await doAll();
    expect(all.map(({ tenantId, userIds }) => [tenantId, ...userIds])).toEqual([
      ['shop', 'ada'],
      ['attic', 'ada'],
      ['attic', 'ada.attic', 'ada.lab'],
      ['lab', 'ada', 'ada.lab'],
      ['default', 'ada'],
    ]);
    expect(asked).toEqual({ result: 'requested', erasureId: all.at(-1)?.erasureId });
  });

  it('is one erasure while it is under way, though a part of it is done', async () => {
    await merged('lab', 'default', { logSeq: 10 });
    const first = await erase('ada');
    const lab = await nextErasure(store.pool);
    if (lab === null) throw new Error('nothing is to be erased');
    await noteErasure(store.pool, { ...lab, step: 'done' });
    expect(await erase('ada')).toEqual(first);
    expect(await store.count('erasures')).toBe(2);
  });

  it('is erased again where another tenant came along since it was asked for', async () => {
    const before = await erase('ada');
    await merged('lab', 'default', { logSeq: 10 });
    const after = await erase('ada');
    expect(after).not.toEqual(before);
    const all = await doAll();
    expect(all.map(({ tenantId }) => tenantId)).toEqual(['default', 'lab', 'default']);
    expect(await findErasures(store.pool, { tenantKey: store.tenantKey, limit: 3 })).toHaveLength(2);
  });

  it('is asked for nowhere while a history is still on its way, and not in a tenant that is another by now', async () => {
    await merged('lab', 'default', { logSeq: 10, isThrough: false });
    expect(await erase('ada')).toEqual({ result: 'history_coming', tenantId: 'lab' });
    await merged('default', 'corp', { logSeq: 20 });
    expect(await erase('ada')).toEqual({ result: 'tenant_merged', intoTenant: 'corp' });
    expect(await store.count('erasures')).toBe(0);
  });
});
