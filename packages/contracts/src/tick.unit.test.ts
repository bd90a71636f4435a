import { describe, expect, it } from 'vitest';
import { encodeControlEntry } from './controlEntry.js';
import { isTenantId } from './identifiers.js';
import { isControlSubject, tenantOfLogSubject } from './subjects.js';
import { decodeTick, encodeTick, TICK_MS, TICK_SUBJECT, tickBefore, tickIdOf } from './tick.js';

const NOON = Date.UTC(2026, 3, 12, 12);

describe('a tick', () => {
  it('comes out of the log as it went in, and is told from other entries', () => {
    expect(decodeTick(encodeTick(NOON))).toBe(NOON);
    const other = encodeControlEntry({
      ...{ entryId: 'c', tenantId: 'default', at: NOON, actor: 'dev' },
      body: { kind: 'tenant_configured', timezone: null, tierOrder: null },
    });
    expect(() => decodeTick(other)).toThrow(expect.objectContaining({ code: 'undecodable_entry' }) as Error);
  });

  it('is for every partition, and of no tenant', () => {
    expect(isControlSubject(TICK_SUBJECT)).toBe(true);
    expect(tenantOfLogSubject(TICK_SUBJECT)).toBeNull();
    expect(isTenantId('_')).toBe(false);
  });

  it('is due at whole quarters of an hour, and named after its instant', () => {
    expect([NOON, NOON + 1, NOON + TICK_MS - 1, NOON + TICK_MS].map(tickBefore)).toEqual([NOON, NOON, NOON, NOON + TICK_MS]);
    expect(tickIdOf(NOON)).toBe('tick:2026-04-12T12:00:00.000Z');
  });
});
