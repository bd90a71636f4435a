import { createHash, randomUUID } from 'node:crypto';
import type { PackedHashes } from '../binaryArrays.js';
import { type EvaluationBatch, type EventColumns, emptyEventColumns, type UnlockRow, type XpRow } from '../hot/EvaluationBatch.js';

/** 16 bytes that stand for a text. */
export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, 16);
}

export interface TestEvent {
  tenantKey: number;
  userKey: number;
  eventId: string;
  logSeq: number;
  logIndex?: number;
  key?: string;
  fingerprint?: string;
  payload?: string;
  occurredAt?: number;
  matched?: number[];
}

export const NOON = Date.UTC(2026, 3, 12, 12);

export function eventColumns(events: readonly TestEvent[]): EventColumns {
  const columns = emptyEventColumns();
  for (const event of events) {
    columns.tenantKey.push(event.tenantKey);
    columns.userKey.push(event.userKey);
    columns.logSeq.push(event.logSeq);
    columns.logIndex.push(event.logIndex ?? 0);
    columns.eventId.push(event.eventId);
    columns.identity.push(packedHashesOf(event));
    columns.occurredAt.push(event.occurredAt ?? NOON);
    columns.matched.push(event.matched ?? null);
  }
  return columns;
}

function packedHashesOf({ eventId, payload = eventId, key, fingerprint }: TestEvent): PackedHashes {
  const texts = [eventId, payload, ...(key === undefined ? [] : [key]), ...(fingerprint === undefined ? [] : [fingerprint])];
  return {
    bytes: Buffer.concat(texts.map(hashOf)),
    eventIdAt: 0,
    payloadAt: 16,
    keyAt: key === undefined ? -1 : 32,
    fingerprintAt: fingerprint === undefined ? -1 : 16 * (texts.length - 1),
  };
}

/** A batch of partition 0 in epoch 1 that holds nothing but what it is given. */
export function batchOf(content: Partial<EvaluationBatch> & { oldSeq: number; newSeq: number }): EvaluationBatch {
  return {
    partition: 0,
    epoch: 1,
    events: emptyEventColumns(),
    userStates: [],
    unlocks: [],
    revocations: [],
    xp: [],
    outbox: [],
    ...content,
  };
}

export function unlockRow(of: Partial<UnlockRow> & { tenantKey: number; userKey: number; slug: string }): UnlockRow {
  return {
    unlockId: randomUUID(),
    level: null,
    period: null,
    version: 1,
    value: 3,
    threshold: 3,
    xpReward: 50,
    xpTotal: 50,
    unlockedAt: NOON,
    causedBy: 'evt',
    logSeq: 1,
    logIndex: 0,
    ordinal: 0,
    message: null,
    backfilled: false,
    evidence: ['evt'],
    ...of,
  };
}

export function xpRow(of: Partial<XpRow> & { tenantKey: number; userKey: number; amount: number }): XpRow {
  return {
    entryId: randomUUID(),
    totalAfter: of.amount,
    reason: 'unlock',
    slug: null,
    level: null,
    period: null,
    ruleId: null,
    occurredAt: NOON,
    causedBy: 'evt',
    logSeq: 1,
    ordinal: 0,
    ...of,
  };
}
