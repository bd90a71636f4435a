import { expect, it } from 'vitest';
import { batchOf, eventColumns, hashOf } from '../testing/batches.js';
import { useTestStore } from '../testing/useTestStore.js';
import { commitBatch } from './commitBatch.js';

const store = useTestStore('before each test');

it('says nothing more of an erased event for a partition that retracts it, or lets it count, behind the one that erased it', async () => {
  const { pool, tenantKey, ada } = store;
  const pipeline = await store.pipeline();
  await commitBatch(
    pipeline,
    batchOf({ oldSeq: 0, newSeq: 1, events: eventColumns([{ tenantKey, userKey: ada, eventId: 'e1', logSeq: 1 }]) }),
  );
  const erasures = [{ tenantKey, userKey: ada, events: 10, wasMerged: false, isLast: true }];
  await commitBatch(pipeline, batchOf({ oldSeq: 1, newSeq: 2, erasures }));
  const retractions = [{ tenantKey, eventIdHash: hashOf('e1'), logSeq: 3 }];
  const matches = [{ tenantKey, eventIdHash: hashOf('e1'), definitionKeys: [7] }];
  await commitBatch(pipeline, batchOf({ oldSeq: 2, newSeq: 3, retractions, matches }));
  const { rows } = await pool.query('SELECT user_key < 0 AS nobody, retracted_seq, matched FROM events');
  expect(rows).toEqual([{ nobody: true, retracted_seq: null, matched: null }]);
});
