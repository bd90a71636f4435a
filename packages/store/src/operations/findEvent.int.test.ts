import { beforeAll, describe, expect, it } from 'vitest';
import { batchOf, eventColumns, hashOf } from '../testing/batches.js';
import { useTestStore } from '../testing/useTestStore.js';
import { commitBatch } from './commitBatch.js';
import { findEvent } from './findEvent.js';

const store = useTestStore('once');

beforeAll(async () => {
  const { tenantKey, ada, ben } = store;
  const events = eventColumns([
    { tenantKey, userKey: ada, eventId: 'e1', key: 'k1', logSeq: 3, logIndex: 1 },
    { tenantKey, userKey: ben, eventId: 'k1', key: 'k2', logSeq: 4 },
    { tenantKey: tenantKey + 1, userKey: ada, eventId: 'e3', key: 'k3', logSeq: 4, logIndex: 1 },
  ]);
  await commitBatch(await store.pipeline(), batchOf({ oldSeq: 0, newSeq: 4, events }));
});

describe('findEvent', () => {
  const find = (id: string) => findEvent(store.pool, { tenantKey: store.tenantKey, eventIdHash: hashOf(id), keyHash: hashOf(id) });

  it.each([
    ['e1', { eventId: 'e1', userId: 'ada', logSeq: 3, logIndex: 1, retractedSeq: null, by: 'event_id' }],
    ['k2', { eventId: 'k1', userId: 'ben', logSeq: 4, logIndex: 0, retractedSeq: null, by: 'idempotency_key' }],
    ['k1', { eventId: 'k1', userId: 'ben', logSeq: 4, logIndex: 0, retractedSeq: null, by: 'event_id' }],
    ['e3', null],
    ['e4', null],
  ])('%s', async (id, found) => {
    expect(await find(id)).toEqual(found);
  });
});
