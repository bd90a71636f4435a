import { describe, expect, it } from 'vitest';
import { MemoryIdentityStore } from '../testing/MemoryIdentityStore.js';
import { makeEvent } from '../testing/makeEvent.js';
import { type Candidate, toCandidate } from './Candidate.js';
import { IdentityLookup } from './IdentityLookup.js';
import type { KnownEvent } from './KnownEvent.js';

const candidate = (n: number, tenant = 'default') => toCandidate(makeEvent({ event_id: `e${n}`, idempotency_key: `k${n}`, tenant }));

function knownOf(n: number, sequence: number) {
  const { event, ...hashes } = candidate(n);
  return { eventId: event.eventId, sequence, ...hashes };
}

function find(lookup: IdentityLookup, one: Candidate): Promise<readonly KnownEvent[]> {
  return new Promise((found, failed) => lookup.find({ candidate: one, found, failed }));
}

describe('IdentityLookup', () => {
  it('asks once for all that comes together, and gives each what is its own', async () => {
    const store = new MemoryIdentityStore();
    store.add('default', knownOf(3, 30));
    const lookup = new IdentityLookup(store, { eventsMax: 100 });
    const found = await Promise.all(Array.from({ length: 10 }, (_, n) => find(lookup, candidate(n))));
    expect(store.queries).toEqual([{ tenantId: 'default', events: 10 }]);
    expect(found.map((events) => new Set(events.map(({ sequence }) => sequence)))).toEqual(
      Array.from({ length: 10 }, (_, n) => new Set(n === 3 ? [30] : [])),
    );
  });

  it('asks in sets of bounded size, and each tenant for itself', async () => {
    const store = new MemoryIdentityStore();
    const lookup = new IdentityLookup(store, { eventsMax: 4 });
    await Promise.all([...Array.from({ length: 10 }, (_, n) => find(lookup, candidate(n))), find(lookup, candidate(1, 'other'))]);
    const asked = (tenant: string) => store.queries.filter(({ tenantId }) => tenantId === tenant).map(({ events }) => events);
    expect(asked('default')).toEqual([4, 4, 2]);
    expect(asked('other')).toEqual([1]);
  });

  it('is idle once all is answered, and says so', async () => {
    let told = 0;
    const lookup = new IdentityLookup(new MemoryIdentityStore(), { eventsMax: 1, onIdle: () => told++ });
    const found = [find(lookup, candidate(1)), find(lookup, candidate(2)), find(lookup, candidate(1, 'other'))];
    expect(lookup.isIdle).toBe(false);
    await Promise.all(found);
    await new Promise((resolve) => setImmediate(resolve));
    expect(lookup.isIdle).toBe(true);
    expect(told).toBe(1);
  });

  it('tells everybody in a set that it failed, and asks afresh the next time', async () => {
    const store = new MemoryIdentityStore();
    store.failWith(new Error('no database'));
    const lookup = new IdentityLookup(store, { eventsMax: 100 });
    const results = await Promise.allSettled([find(lookup, candidate(1)), find(lookup, candidate(2))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    store.failWith(undefined);
    expect(await find(lookup, candidate(1))).toEqual([]);
  });
});
