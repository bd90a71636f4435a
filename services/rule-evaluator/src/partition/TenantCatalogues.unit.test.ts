import { Catalogue } from '@cairn/engine';
import { expect, it } from 'vitest';
import { MemoryStore } from '../testing/MemoryStore.js';
import { TenantCatalogues } from './TenantCatalogues.js';

it('keeps the catalogue that was moved on, though somebody asked for the tenant at once and is answered later', async () => {
  const slow: (() => void)[] = [];
  const store = new MemoryStore(
    () => Catalogue.empty(),
    () => (slow.length > 0 ? Promise.resolve() : new Promise((resolve) => slow.push(resolve))),
  );
  const tenants = new TenantCatalogues(store);
  const late = tenants.get('default', 1);
  const tenant = await tenants.get('default', 1);
  const moved = Catalogue.empty().configure({ timezone: 'Asia/Tokyo' });
  tenant.catalogue = moved;
  slow[0]?.();
  expect((await late).catalogue).toBe(moved);
  expect((await tenants.get('default', 2)).catalogue).toBe(moved);
});

it('has the tenants of a position in memory before the first event comes', async () => {
  const tenants = new TenantCatalogues(new MemoryStore(() => Catalogue.empty()));
  expect(await tenants.loadAhead(7)).toEqual([]);
  expect(tenants.peek('default')).toMatchObject({ tenantId: 'default', mergedInto: null });
});

it('takes up the log although a catalogue cannot be loaded ahead', async () => {
  const broken = new Error('of no use');
  const tenants = new TenantCatalogues(
    new MemoryStore(() => {
      throw broken;
    }),
  );
  expect(await tenants.loadAhead(7)).toEqual([broken]);
  expect(tenants.peek('default')).toBeUndefined();
});
