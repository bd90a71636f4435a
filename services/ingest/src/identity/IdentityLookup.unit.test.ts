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

  it('asks once for all that came while its gate was closed', async () => {
    const store = new MemoryIdentityStore();
    let open = (): void => undefined;
    let entered = 0;
    const gate = { enter: () => entered++, pass: () => new Promise<void>((resolve) => (open = resolve)) };
    const lookup = new IdentityLookup(store, { eventsMax: 100, gate });
    const found = [find(lookup, candidate(1))];
    await new Promise((resolve) => setImmediate(resolve));
    found.push(find(lookup, candidate(2)), find(lookup, candidate(3)));
    expect(lookup.isIdle).toBe(true);
    expect(store.queries).toEqual([]);
    open();
    await Promise.all(found);
    expect(store.queries).toEqual([{ tenantId: 'default', events: 3 }]);
    expect(entered).toBe(3);
  });

  it('is idle once all is answered, and says so', async () => {
    let told = 0;
    const lookup = new IdentityLookup(new MemoryIdentityStore(), { eventsMax: 1, onIdle: () => told++ });
    const first = new Promise<boolean>((resolve, failed) => {
      lookup.find({ candidate: candidate(1), found: () => resolve(lookup.isIdle), failed });
    });
    await Promise.all([first, find(lookup, candidate(2))]);
    expect(await first).toBe(false);
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
