import { admitEvent, type CairnEvent } from '@cairn/contracts';
import { describe, expect, it } from 'vitest';
import { IdentityCache } from './IdentityCache.js';
import { identityKeysOf, judge, listKeys } from './judge.js';

const TENANT = 1;

function event(fields: { id?: string; key?: string; ref?: string; note?: string }): CairnEvent {
  return admitEvent(
    {
      ...(fields.id === undefined ? {} : { event_id: fields.id }),
      ...(fields.key === undefined ? {} : { idempotency_key: fields.key }),
      type: 'build.succeeded',
      actor: { user_id: 'ada' },
      ...(fields.ref === undefined ? {} : { source: { ref: fields.ref } }),
      occurred_at: '2026-04-12T10:15:00Z',
      properties: { note: fields.note ?? '' },
    },
    { tenantId: 'default', mayWriteTo: () => true, receivedAt: Date.UTC(2026, 5) },
  );
}

function judged(first: CairnEvent, second: CairnEvent): string {
  const cache = new IdentityCache(10);
  for (const key of listKeys(identityKeysOf(TENANT, first.identity))) {
    cache.set(key, { payloadHash: first.identity.payloadHash });
  }
  return judge(second, { keys: identityKeysOf(TENANT, second.identity), cache });
}

describe('judge', () => {
  it('takes an event with other identities for a new one', () => {
    expect(judged(event({ id: 'a', key: 'k1', ref: 'r1' }), event({ id: 'b', key: 'k2', ref: 'r2' }))).toBe('new');
  });

  it('takes the same id, key or fingerprint with the same payload for a duplicate', () => {
    expect(judged(event({ id: 'a' }), event({ id: 'a' }))).toBe('duplicate');
    expect(judged(event({ id: 'a', key: 'k' }), event({ id: 'b', key: 'k' }))).toBe('duplicate');
    expect(judged(event({ id: 'a', ref: 'r' }), event({ id: 'b', ref: 'r' }))).toBe('duplicate');
  });

  it('takes the same id or key with another payload for a conflict, the same fingerprint for a duplicate', () => {
    expect(judged(event({ id: 'a', note: 'x' }), event({ id: 'a', note: 'y' }))).toBe('conflict');
    expect(judged(event({ id: 'a', key: 'k', note: 'x' }), event({ id: 'b', key: 'k', note: 'y' }))).toBe('conflict');
    expect(judged(event({ id: 'a', ref: 'r', note: 'x' }), event({ id: 'b', ref: 'r', note: 'y' }))).toBe('duplicate');
  });
});
