import { beforeAll, describe, expect, it } from 'vitest';
import { batchOf, eventColumns, hashOf } from '../testing/batches.js';
import { useTestStore } from '../testing/useTestStore.js';
import { uuidText } from '../uuidText.js';
import { commitBatch } from './commitBatch.js';
import { findIdentities } from './findIdentities.js';
import { findOriginals } from './findOriginals.js';

const store = useTestStore('once');

beforeAll(async () => {
  const { tenantKey, ada, ben } = store;
  const events = eventColumns([
    { tenantKey, userKey: ada, eventId: 'e1', key: 'k1', fingerprint: 'f1', payload: 'p1', logSeq: 3, logIndex: 1 },
    { tenantKey, userKey: ben, eventId: 'e2', logSeq: 4 },
    { tenantKey: tenantKey + 1, userKey: ada, eventId: 'e3', key: 'k3', logSeq: 4, logIndex: 1 },
  ]);
  await commitBatch(await store.pipeline(), batchOf({ oldSeq: 0, newSeq: 4, events }));
});

const NONE = { eventIdHashes: [], keyHashes: [], fingerprints: [] };

function textOf(text: string): string {
  return uuidText(hashOf(text));
}

describe('findIdentities', () => {
  it.each([
    ['event id', { eventIdHashes: [hashOf('e1')] }],
    ['event id as text', { eventIdHashes: [textOf('e1')] }],
    ['idempotency key', { keyHashes: [null, hashOf('k1')] }],
    ['fingerprint', { fingerprints: [hashOf('f1'), null] }],
    ['all of them at once', { eventIdHashes: [hashOf('e1'), hashOf('e1')], keyHashes: [hashOf('k1')], fingerprints: [hashOf('f1')] }],
  ])('finds an event by its %s, once', async (_, query) => {
    expect(await findIdentities(store.pool, { tenantKey: store.tenantKey, ...NONE, ...query })).toEqual([
      {
        eventId: 'e1',
        eventIdHash: textOf('e1'),
        keyHash: textOf('k1'),
        fingerprint: textOf('f1'),
        payloadHash: textOf('p1'),
        logSeq: 3,
        logIndex: 1,
        userKey: store.ada,
        retractedSeq: null,
        originKey: null,
      },
    ]);
  });

  it('finds nothing that is unknown, of another kind or of another tenant', async () => {
    const query = {
      tenantKey: store.tenantKey,
      eventIdHashes: ['e3', 'k1', 'unknown'].map(hashOf),
      keyHashes: ['k3', 'e1', 'f1'].map(hashOf),
      fingerprints: ['k1', 'e2'].map(hashOf),
    };
    expect(await findIdentities(store.pool, query)).toEqual([]);
  });
});

describe('findOriginals', () => {
  it('says where in the log the originals stand', async () => {
    const eventIdHashes = ['e2', 'e3', 'e1'].map(hashOf);
    const found = await findOriginals(store.pool, { tenantKey: store.tenantKey, eventIdHashes });
    expect(found.sort((a, b) => a.logSeq - b.logSeq)).toEqual([
      { eventIdHash: textOf('e1'), logSeq: 3, logIndex: 1 },
      { eventIdHash: textOf('e2'), logSeq: 4, logIndex: 0 },
    ]);
  });
});
