import { createHash } from 'node:crypto';
import { admitEvent, type CairnEvent, type EventIdentity, PackedIdentity } from '@cairn/contracts';
import { SeededRandom } from '@cairn/testing/random';
import { describe, expect, it } from 'vitest';
import { IdentityCache } from './IdentityCache.js';
import { IdentityTable } from './IdentityTable.js';

const TENANT = 1;

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest().subarray(0, 16);
const identityOf = (name: string): EventIdentity => ({
  eventIdHash: hashOf(name),
  keyHash: null,
  fingerprint: null,
  payloadHash: hashOf(`payload of ${name}`),
});

describe('the recent identities of a partition', () => {
  const isKnown = (cache: IdentityCache, name: string): boolean => cache.judge(TENANT, identityOf(name)) === 'duplicate';

  it('are at least as many as the bound', () => {
    const cache = new IdentityCache({ entriesMax: 3, suspectsMax: 1_000 });
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const name of names) {
      cache.age();
      cache.add(TENANT, identityOf(name));
    }
    expect(names.filter((name) => isKnown(cache, name))).toEqual(['d', 'e', 'f', 'g']);
  });

  it('hold all of a batch, however large, until the one after the next', () => {
    const cache = new IdentityCache({ entriesMax: 2, suspectsMax: 1_000 });
    const batch = Array.from({ length: 100 }, (_, i) => `event-${i}`);
    for (const name of batch) cache.add(TENANT, identityOf(name));
    expect(batch.every((name) => isKnown(cache, name))).toBe(true);
    cache.age();
    for (const name of ['x', 'y', 'z']) cache.add(TENANT, identityOf(name));
    expect(batch.every((name) => isKnown(cache, name))).toBe(true);
    cache.age();
    expect(batch.some((name) => isKnown(cache, name))).toBe(false);
  });

  it('forget what a batch that was not committed put in', () => {
    const cache = new IdentityCache({ entriesMax: 2, suspectsMax: 1_000 });
    cache.add(TENANT, identityOf('a'));
    cache.add(TENANT, identityOf('b'));
    cache.age();
    cache.add(TENANT, identityOf('c'));
    cache.delete(['a', 'c'].map((name) => ({ tenantKey: TENANT, identity: identityOf(name) })));
    expect(['a', 'b', 'c'].map((name) => isKnown(cache, name))).toEqual([false, true, false]);
  });

  it('are suspect once they are forgotten, and looked up only then', () => {
    const cache = new IdentityCache({ entriesMax: 1, suspectsMax: 1_000 });
    for (const name of ['a', 'b', 'c']) {
      cache.age();
      cache.add(TENANT, identityOf(name));
    }
    expect(['a', 'b', 'c', 'd'].map((name) => isKnown(cache, name))).toEqual([false, true, true, false]);
    expect(['a', 'b', 'c', 'd'].map((name) => cache.isSuspect(TENANT, identityOf(name)))).toEqual([true, false, false, false]);
    expect(cache.isSuspect(TENANT + 1, identityOf('a'))).toBe(false);
  });

  it('are suspect by any hash of theirs', () => {
    const cache = new IdentityCache({ entriesMax: 1, suspectsMax: 1_000 });
    cache.add(TENANT, { ...identityOf('a'), keyHash: hashOf('key'), fingerprint: hashOf('fingerprint') });
    for (const name of ['b', 'c']) {
      cache.age();
      cache.add(TENANT, identityOf(name));
    }
    cache.age();
    expect(cache.isSuspect(TENANT, { ...identityOf('x'), keyHash: hashOf('key') })).toBe(true);
    expect(cache.isSuspect(TENANT, { ...identityOf('x'), fingerprint: hashOf('fingerprint') })).toBe(true);
    // A key is no fingerprint.
    expect(cache.isSuspect(TENANT, { ...identityOf('x'), keyHash: hashOf('fingerprint') })).toBe(false);
  });

  it('are forgotten for good beyond the bound of those that are suspect', () => {
    const cache = new IdentityCache({ entriesMax: 1, suspectsMax: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      cache.age();
      cache.add(TENANT, identityOf(name));
    }
    cache.age();
    expect(['a', 'b', 'c'].map((name) => cache.isSuspect(TENANT, identityOf(name)))).toEqual([false, false, true]);
  });

  it('are those of a tenant', () => {
    const cache = new IdentityCache({ entriesMax: 2, suspectsMax: 1_000 });
    cache.add(TENANT, identityOf('a'));
    expect(cache.judge(TENANT + 1, identityOf('a'))).toBe('new');
  });
});

describe('the verdict on an event', () => {
  const event = (fields: { id?: string; key?: string; ref?: string; note?: string }): CairnEvent =>
    admitEvent(
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
  const judged = (first: CairnEvent, second: CairnEvent): string => {
    const cache = new IdentityCache({ entriesMax: 10, suspectsMax: 1_000 });
    cache.add(TENANT, first.identity);
    return cache.judge(TENANT, second.identity);
  };

  it('is that it is new where all of its identities are', () => {
    expect(judged(event({ id: 'a', key: 'k1', ref: 'r1' }), event({ id: 'b', key: 'k2', ref: 'r2' }))).toBe('new');
  });

  it('is that it is a duplicate where id, key or fingerprint repeat with the same payload', () => {
    expect(judged(event({ id: 'a' }), event({ id: 'a' }))).toBe('duplicate');
    expect(judged(event({ id: 'a', key: 'k' }), event({ id: 'b', key: 'k' }))).toBe('duplicate');
    expect(judged(event({ id: 'a', ref: 'r' }), event({ id: 'b', ref: 'r' }))).toBe('duplicate');
  });

  it('is that it is a conflict where id or key repeat with another payload, and not for a fingerprint', () => {
    expect(judged(event({ id: 'a', note: 'x' }), event({ id: 'a', note: 'y' }))).toBe('conflict');
    expect(judged(event({ id: 'a', key: 'k', note: 'x' }), event({ id: 'b', key: 'k', note: 'y' }))).toBe('conflict');
    expect(judged(event({ id: 'a', ref: 'r', note: 'x' }), event({ id: 'b', ref: 'r', note: 'y' }))).toBe('duplicate');
  });
});

it('a table of hashes is a map from hash to payload, through any sets and deletes', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new SeededRandom(seed);
    const table = new IdentityTable();
    const map = new Map<string, number>();
    const identity = (key: number, payload: number): PackedIdentity =>
      PackedIdentity.of({ ...identityOf(`${key}`), payloadHash: hashOf(`payload ${payload}`) });
    for (let step = random.below(600); step > 0; step--) {
      const salt = 1 + random.below(3);
      const key = random.below(60);
      if (random.below(2) === 0) {
        table.delete(salt, hashOf(`${key}`), 0);
        map.delete(`${salt} ${key}`);
      } else {
        const payload = random.below(4);
        table.set(salt, identity(key, payload), 0);
        map.set(`${salt} ${key}`, payload);
      }
    }
    expect(table.size).toBe(map.size);
    for (let salt = 1; salt <= 3; salt++)
      for (let key = 0; key < 60; key++) {
        const expected = map.get(`${salt} ${key}`);
        expect(table.matches(salt, identity(key, expected ?? 0), 0)).toBe(expected === undefined ? null : true);
        if (expected !== undefined) expect(table.matches(salt, identity(key, expected + 1), 0)).toBe(false);
      }
  }
});
