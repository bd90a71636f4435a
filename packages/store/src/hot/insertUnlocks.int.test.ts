import type pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { commitBatch } from '../operations/commitBatch.js';
import { takeOutbox } from '../operations/takeOutbox.js';
import { batchOf, eventColumns, NOON, unlockRow } from '../testing/batches.js';
import { useTestStore } from '../testing/useTestStore.js';
import { EVIDENCE_MAX, type UnlockRow } from './EvaluationBatch.js';
import { bindUnlocks } from './insertUnlocks.js';

const DEFINITION = 7;
const OTHER_DEFINITION = 8;
const DAY_MS = 86_400_000;

const store = useTestStore('before each test');
let pipeline: pg.Client;

beforeEach(async () => {
  pipeline = await store.pipeline();
});

const ANY_TIME = { definitionKey: DEFINITION, periodStart: null, periodEnd: null };

function unlockOfAda(of: Partial<UnlockRow>): UnlockRow {
  return unlockRow({ tenantKey: store.tenantKey, userKey: store.ada, slug: 's', evidence: ANY_TIME, ...of });
}

/** Ada's events at log sequence 1, 2, …, all of them matches unless said otherwise. */
function adasEvents(count: number, of: { matched?: (i: number) => number[]; occurredAt?: (i: number) => number } = {}) {
  return eventColumns(
    Array.from({ length: count }, (_, i) => ({
      tenantKey: store.tenantKey,
      userKey: store.ada,
      eventId: `e${i + 1}`,
      logSeq: i + 1,
      matched: of.matched?.(i) ?? [DEFINITION],
      occurredAt: of.occurredAt?.(i) ?? NOON,
    })),
  );
}

async function evidenceOf(unlock: UnlockRow, events: ReturnType<typeof adasEvents>): Promise<unknown> {
  const { evidence } = await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 1000, events, unlocks: [unlock] }));
  return JSON.parse(evidence[0] ?? '');
}

describe('evidence from matches', () => {
  it('is the matches of this batch and of those before it, the newest last', async () => {
    await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 3, events: adasEvents(3) }));
    const { tenantKey, ada } = store;
    const events = eventColumns([{ tenantKey, userKey: ada, eventId: 'e4', logSeq: 4, matched: [OTHER_DEFINITION, DEFINITION] }]);
    const unlocks = [unlockOfAda({ logSeq: 4 })];
    const { evidence } = await commitBatch(pipeline, batchOf({ oldSeq: 3, newSeq: 4, events, unlocks }));
    expect(evidence).toEqual(['["e1","e2","e3","e4"]']);
  });

  it('leaves out what counted for something else or for nothing', async () => {
    const events = adasEvents(4, { matched: (i) => (i % 2 === 0 ? [OTHER_DEFINITION] : [DEFINITION]) });
    expect(await evidenceOf(unlockOfAda({ logSeq: 4 }), events)).toEqual(['e2', 'e4']);
  });

  it('leaves out what stands behind the cause, also in the same entry', async () => {
    const { tenantKey, ada } = store;
    const events = eventColumns(
      [0, 1, 2].map((logIndex) => ({ tenantKey, userKey: ada, eventId: `i${logIndex}`, logSeq: 1, logIndex, matched: [DEFINITION] })),
    );
    expect(await evidenceOf(unlockOfAda({ logSeq: 1, logIndex: 1 }), events)).toEqual(['i0', 'i1']);
  });

  it('leaves out what occurred outside the period', async () => {
    const events = adasEvents(4, { occurredAt: (i) => NOON + i * DAY_MS });
    const evidence = { definitionKey: DEFINITION, periodStart: NOON + DAY_MS, periodEnd: NOON + 3 * DAY_MS };
    expect(await evidenceOf(unlockOfAda({ logSeq: 3, evidence }), events)).toEqual(['e2', 'e3']);
  });

  it('leaves the cause out where that did not count itself', async () => {
    const events = adasEvents(3, { matched: (i) => (i === 2 ? [] : [DEFINITION]) });
    expect(await evidenceOf(unlockOfAda({ logSeq: 3 }), events)).toEqual(['e1', 'e2']);
  });

  it('is the newest twenty at most', async () => {
    const expected = Array.from({ length: EVIDENCE_MAX }, (_, i) => `e${i + 6}`);
    expect(await evidenceOf(unlockOfAda({ logSeq: 25 }), adasEvents(25))).toEqual(expected);
  });

  it('ends where the caller knows that there are no more', async () => {
    const evidence = { ...ANY_TIME, atMost: 2 };
    expect(await evidenceOf(unlockOfAda({ logSeq: 5, evidence }), adasEvents(5))).toEqual(['e4', 'e5']);
  });

  it("never holds another user's events, nor another tenant's", async () => {
    const { tenantKey, ada, ben } = store;
    const events = eventColumns([
      { tenantKey, userKey: ben, eventId: 'of-ben', logSeq: 1, matched: [DEFINITION] },
      { tenantKey: tenantKey + 1, userKey: ada, eventId: 'of-another-tenant', logSeq: 1, logIndex: 1, matched: [DEFINITION] },
      { tenantKey, userKey: ada, eventId: 'of-ada', logSeq: 2, matched: [DEFINITION] },
    ]);
    expect(await evidenceOf(unlockOfAda({ logSeq: 2 }), events)).toEqual(['of-ada']);
  });

  it('is the cause by name where the cause is no event', async () => {
    expect(await evidenceOf(unlockOfAda({ logSeq: 9, causedBy: 'grant-1' }), adasEvents(0))).toEqual(['grant-1']);
  });
});

describe('given evidence', () => {
  it('is taken as it is', async () => {
    const evidence = ['b', 'a"\\{},', 'NULL', 'ü'];
    expect(await evidenceOf(unlockOfAda({ logSeq: 3, evidence }), adasEvents(3))).toEqual(evidence);
  });

  it('is cut at twenty', async () => {
    const evidence = Array.from({ length: 30 }, (_, i) => `x${i}`);
    expect(await evidenceOf(unlockOfAda({ evidence }), adasEvents(1))).toEqual(evidence.slice(-EVIDENCE_MAX));
  });
});

describe('a payload around an evidence', () => {
  it('is the same in the outbox and in the answer, with its properties in the order given', async () => {
    const unlocks = [unlockOfAda({ slug: 'z', logSeq: 1 }), unlockOfAda({ slug: 'a', logSeq: 2 })];
    const outbox = [1, 0].map((unlock) => ({
      subject: `unlocked.${unlock}`,
      msgId: `m${unlock}`,
      headers: { 'Nats-TTL': '60s' },
      payload: { before: `{"z":"é","evidence":`, unlock, after: `,"a":${unlock}}` },
    }));
    const committed = await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 2, events: adasEvents(2), unlocks, outbox }));
    expect(committed.evidence).toEqual(['["e1"]', '["e1","e2"]']);
    expect(committed.outbox.map((row) => row.payload.toString())).toEqual([
      '{"z":"é","evidence":["e1","e2"],"a":1}',
      '{"z":"é","evidence":["e1"],"a":0}',
    ]);
    const left = await takeOutbox(store.pool, { limit: 10, olderThanSeconds: 0 });
    expect(left.map(({ id, payload }) => ({ id, payload }))).toEqual(committed.outbox);
    expect(left[0]).toMatchObject({ partition: 0, subject: 'unlocked.1', msgId: 'm1', headers: { 'Nats-TTL': '60s' } });
  });
});

describe('the plan', () => {
  it('reads the events of the user backwards along their index, whatever the size of the table', async () => {
    await commitBatch(pipeline, batchOf({ oldSeq: 0, newSeq: 500, events: adasEvents(500) }));
    await pipeline.query('DISCARD PLANS');
    const { values, name } = bindUnlocks([unlockOfAda({ logSeq: 1 })]);
    const literals = values.map((value) => (Buffer.isBuffer(value) ? 'NULL' : `'${value}'`)).join(', ');
    const { rows } = await pipeline.query<Record<string, string>>(`EXPLAIN EXECUTE ${name} (${literals})`);
    expect(rows.flatMap((row) => Object.values(row)).join('\n')).toContain('Index Scan Backward using events_user_log_seq');
  });
});
