import { describe, expect, it } from 'vitest';
import { useTestStore } from '../testing/useTestStore.js';
import { addEventTypes, EVENT_TYPES_KEPT_MAX, type EventTypeRow } from './addEventTypes.js';
import { countUsers } from './countUsers.js';
import { ensureTenant } from './ensureTenant.js';
import { listEventTypes } from './listEventTypes.js';
import { projectionPosition } from './projectionPosition.js';

const store = useTestStore('before each test');

const projection = 'types-of-a-test';
const row = (type: string, events: number, more: Partial<EventTypeRow> = {}): EventTypeRow => ({
  tenantKey: store.tenantKey,
  type,
  events,
  firstSeen: 1_000,
  lastSeen: 2_000,
  ...more,
});

describe('types of events', () => {
  it('are added up, each entry of the log once', async () => {
    const { pool, tenantKey } = store;
    const other = await ensureTenant(pool, 'other');
    expect(await listEventTypes(pool, tenantKey)).toEqual([]);
    const rows = [row('b.c', 2), row('a.b', 1), row('a.b', 9, { tenantKey: other.tenantKey })];
    expect(await addEventTypes(pool, { projection, from: 0, to: 5, rows })).toBe(true);
    const more = { rows: [row('a.b', 3, { firstSeen: 500, lastSeen: 1_500 })] };
    expect(await addEventTypes(pool, { projection, from: 5, to: 9, ...more })).toBe(true);
    // Another replica that read the same, and one that comes back from before.
    expect(await addEventTypes(pool, { projection, from: 5, to: 9, ...more })).toBe(false);
    expect(await addEventTypes(pool, { projection, from: 0, to: 12, ...more })).toBe(false);
    expect(await projectionPosition(pool, projection)).toBe(9);
    expect(await listEventTypes(pool, tenantKey)).toEqual([row('a.b', 4, { firstSeen: 500 }), row('b.c', 2)]);
    expect(await listEventTypes(pool, other.tenantKey)).toMatchObject([{ type: 'a.b', events: 9 }]);
    expect(await addEventTypes(pool, { projection, from: 9, to: 10, rows: [] })).toBe(true);
  });

  it('are kept up to a bound for each tenant, and go on being counted there', async () => {
    const { pool, tenantKey } = store;
    const many = Array.from({ length: EVENT_TYPES_KEPT_MAX - 1 }, (_, i) => row(`t.n${String(i).padStart(5, '0')}`, 1));
    await addEventTypes(pool, { projection, from: 0, to: 1, rows: many });
    await addEventTypes(pool, { projection, from: 1, to: 2, rows: [row('u.a', 1), row('u.b', 1), row('t.n00000', 1)] });
    const listed = await listEventTypes(pool, tenantKey);
    expect(listed).toHaveLength(EVENT_TYPES_KEPT_MAX);
    expect(listed[0]).toMatchObject({ type: 't.n00000', events: 2 });
    expect(listed.at(-1)).toMatchObject({ type: 'u.a' });
  });
});

describe('users of a tenant', () => {
  it('are counted', async () => {
    const { pool, tenantKey } = store;
    expect(await countUsers(pool, tenantKey)).toBe(2);
    expect(await countUsers(pool, (await ensureTenant(pool, 'empty')).tenantKey)).toBe(0);
  });
});
