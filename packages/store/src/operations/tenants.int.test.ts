import { type FreshDatabase, freshDatabase } from '@cairn/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../Database.js';
import { migratedDatabase, openTestDatabase } from '../testing/TestStore.js';
import { createToken } from './createToken.js';
import { ensureTenant } from './ensureTenant.js';
import { findTenant } from './findTenant.js';
import { findToken } from './findToken.js';
import { loadCatalogue } from './loadCatalogue.js';
import { noteTokenUse } from './noteTokenUse.js';
import { revokeToken } from './revokeToken.js';
import { setTenantSettings } from './setTenantSettings.js';

let fresh: FreshDatabase;
let database: Database;

beforeAll(async () => {
  fresh = await freshDatabase(migratedDatabase);
  database = openTestDatabase(fresh.url);
});

afterAll(async () => {
  await database.close();
  await fresh.drop();
});

describe('a tenant', () => {
  it('is made once, however many ask for it at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => ensureTenant(database.pool, 'acme')));
    expect(new Set(made.map(({ tenantKey }) => tenantKey)).size).toBe(1);
    expect(await findTenant(database.pool, 'acme')).toEqual({ ...made[0], tenantId: 'acme', timezone: null, tierOrder: null });
    expect(await findTenant(database.pool, 'nobody')).toBeNull();
  });

  it('has the settings of each place in the log, and the newest as its own, in whatever order they come', async () => {
    const { tenantKey } = await ensureTenant(database.pool, 'configured');
    const early = { tenantKey, logSeq: 10, timezone: 'Europe/Vienna', tierOrder: ['free', 'pro'] };
    const late = { tenantKey, logSeq: 20, timezone: 'Asia/Tokyo', tierOrder: null };
    for (const settings of [late, early, late]) await setTenantSettings(database.pool, settings);
    expect(await findTenant(database.pool, 'configured')).toMatchObject({ timezone: 'Asia/Tokyo', tierOrder: null });
    const settingsAt = async (atSequence: number) => (await loadCatalogue(database.pool, { tenantKey, atSequence })).settings;
    expect(await settingsAt(9)).toEqual({ timezone: null, tierOrder: null });
    expect(await settingsAt(19)).toEqual({ timezone: 'Europe/Vienna', tierOrder: ['free', 'pro'] });
    expect(await settingsAt(20)).toEqual({ timezone: 'Asia/Tokyo', tierOrder: null });
  });
});

describe('a token', () => {
  it('is found by its text, which is stored nowhere', async () => {
    const { token } = await createToken(database.pool, { tenantId: 'acme', name: 'ci', scopes: ['events:write', 'progress:read'] });
    expect(token).toMatch(/^cairn_[A-Za-z0-9_-]{43}$/);
    const found = await findToken(database.pool, token);
    expect(found).toMatchObject({ tenantId: 'acme', name: 'ci', scopes: ['events:write', 'progress:read'] });
    const { rows } = await database.pool.query(`SELECT 1 FROM tokens WHERE tokens::text LIKE '%' || $1 || '%'`, [token.slice(6)]);
    expect(rows).toEqual([]);
    expect(await findToken(database.pool, `${token}x`)).toBeNull();
  });

  it('that is given is made once, and brought up to date', async () => {
    const request = { tenantId: 'acme', name: 'given', scopes: ['a'], token: 'cairn_given' };
    await createToken(database.pool, request);
    await createToken(database.pool, { ...request, scopes: ['a', 'b'] });
    expect(await findToken(database.pool, 'cairn_given')).toMatchObject({ name: 'given', scopes: ['a', 'b'] });
  });

  it("that is another tenant's is refused", async () => {
    await createToken(database.pool, { tenantId: 'acme', name: 'x', scopes: [], token: 'cairn_acme' });
    const theft = createToken(database.pool, { tenantId: 'other', name: 'x', scopes: ['admin'], token: 'cairn_acme' });
    await expect(theft).rejects.toMatchObject({ code: 'token_taken' });
    expect(await findToken(database.pool, 'cairn_acme')).toMatchObject({ tenantId: 'acme', scopes: [] });
  });

  it('that was revoked is found no more, and does not come back', async () => {
    const request = { tenantId: 'acme', name: 'x', scopes: [], token: 'cairn_revoked' };
    await createToken(database.pool, request);
    const found = await findToken(database.pool, 'cairn_revoked');
    if (found === null) throw new Error('it was just made');
    expect(await revokeToken(database.pool, found)).toBe(true);
    expect(await revokeToken(database.pool, found)).toBe(false);
    expect(await findToken(database.pool, 'cairn_revoked')).toBeNull();
    await expect(createToken(database.pool, request)).rejects.toMatchObject({ code: 'token_taken' });
  });

  it('that has expired is found no more', async () => {
    const request = { tenantId: 'acme', name: 'x', scopes: [], token: 'cairn_expired' };
    await createToken(database.pool, { ...request, expiresAt: Date.UTC(2020, 0, 1) });
    expect(await findToken(database.pool, 'cairn_expired')).toBeNull();
    await createToken(database.pool, { ...request, expiresAt: Date.UTC(9000, 0, 1) });
    expect(await findToken(database.pool, 'cairn_expired')).not.toBeNull();
  });

  it('notes its use, at most once a minute', async () => {
    await createToken(database.pool, { tenantId: 'acme', name: 'x', scopes: [], token: 'cairn_used' });
    const found = await findToken(database.pool, 'cairn_used');
    if (found === null) throw new Error('it was just made');
    const lastUse = async () => {
      const { rows } = await database.pool.query<{ last_used_at: number }>('SELECT last_used_at FROM tokens WHERE token_id = $1', [
        found.tokenId,
      ]);
      return rows;
    };
    await noteTokenUse(database.pool, found);
    const first = await lastUse();
    expect(first).toEqual([{ last_used_at: expect.any(Number) as number }]);
    await noteTokenUse(database.pool, found);
    expect(await lastUse()).toEqual(first);
  });
});
