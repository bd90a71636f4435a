import { decodeEventBatch, partitionOf } from '@cairn/contracts';
import { describe, expect, it } from 'vitest';
import { TENANT_COPY_ENTRY_BYTES_MAX, TENANT_COPY_ENTRY_EVENTS_MAX } from '../limits.js';
import { anEvent } from '../testing/anEvent.js';
import { entriesOfCopies } from './entriesOfCopies.js';

const of = { tenantId: 'corp', partitions: 4 };
const users = Array.from({ length: 10 }, (_, i) => `user-${i}`);

describe('entries that a history comes along in', () => {
  it('are of one partition each, and of no more events than there may be; those of a user stay in their order', () => {
    const events = Array.from({ length: 3_000 }, (_, n) => anEvent({ id: `e-${n}`, tenant: 'corp', user: `user-${n % 10}` }));
    const entries = entriesOfCopies(events, of);
    const told = entries.flatMap(({ partition, subject, data }) => {
      const { events: held } = decodeEventBatch(data);
      expect(subject).toBe(`log.${partition}.corp`);
      expect(held.length).toBeLessThanOrEqual(TENANT_COPY_ENTRY_EVENTS_MAX);
      expect(new Set(held.map(({ userId }) => partitionOf('corp', userId, 4)))).toEqual(new Set([partition]));
      return held;
    });
    const idsOf = (list: typeof events, user: string) => list.filter(({ userId }) => userId === user).map(({ eventId }) => eventId);
    for (const user of users) expect(idsOf(told, user)).toEqual(idsOf(events, user));
  });

  it('stay small where events are large', () => {
    const note = 'x'.repeat(8_000);
    const events = Array.from({ length: 100 }, (_, n) => anEvent({ id: `e-${n}`, tenant: 'corp', properties: { note } }));
    const entries = entriesOfCopies(events, of);
    for (const { data } of entries) expect(data.length).toBeLessThan(2 * TENANT_COPY_ENTRY_BYTES_MAX);
    expect(entries.flatMap(({ data }) => decodeEventBatch(data).events)).toHaveLength(100);
  });

  it('are none of nothing', () => {
    expect(entriesOfCopies([], of)).toEqual([]);
  });
});
