import { describe, expect, it } from 'vitest';
import { useTestStore } from '../testing/useTestStore.js';
import { insertAudit } from './insertAudit.js';
import { listHandChanges } from './listHandChanges.js';

const store = useTestStore('once');

describe('listHandChanges', () => {
  it('finds what was done by hand to one achievement of one user, by its id and by its time', async () => {
    const { tenantKey } = store;
    const note = (subject: object, tenant = tenantKey) =>
      insertAudit(store.pool, { tenantKey: tenant, actor: 'ada', action: 'unlock_granted', subject, reason: 'why' });
    const meant = { user_id: 'ada', slug: 'it', level: 'gold', period: null };
    const { auditId } = await note(meant);
    const others = await Promise.all([note({ ...meant, user_id: 'ben' }), note({ ...meant, slug: 'other' }), note(meant, tenantKey + 1)]);
    const query = { tenantKey, userIds: ['ada'], slug: 'it', auditIds: [], spans: [], limit: 10 };
    const list = (by: object) => listHandChanges(store.pool, { ...query, ...by });

    expect(await list({})).toEqual([]);
    const [found] = await list({ auditIds: [auditId, ...others.map((other) => other.auditId), 'no-uuid'] });
    expect(found).toMatchObject({ auditId, actor: 'ada', action: 'unlock_granted', level: 'gold', period: null, reason: 'why' });
    const at = found?.at ?? 0;
    expect(await list({ spans: [{ from: at, until: at + 1 }] })).toEqual([found]);
    // Of one who goes by another name by now.
    expect(await list({ userIds: ['countess', 'ada'], auditIds: [auditId] })).toEqual([found]);
    expect(await list({ userIds: ['countess'], auditIds: [auditId] })).toEqual([]);
    expect(await list({ spans: [{ from: at + 60_000, until: at + 120_000 }] })).toEqual([]);
  });
});
