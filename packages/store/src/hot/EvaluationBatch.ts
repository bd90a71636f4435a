import type { PackedHashes, Uuid } from '../binaryArrays.js';
import type { UnlockFields } from '../UnlockFields.js';

/** The most rows of one kind in one batch. */
export const BATCH_ROWS_MAX = 100_000;
/** The most event ids that an unlock keeps as evidence. */
export const EVIDENCE_MAX = 20;
/** How many of a user's newest events, up to the cause, are looked through for evidence. */
export const EVIDENCE_SCAN_MAX = 10_000;

/**
 * `ordinal` of an unlock or a ledger entry is the place in the entry of the log times this, and what comes in which order of
 * that one event: so it is the same whenever it is written.
 */
export const ORDINALS_PER_EVENT = 100_000;

/**
 * What one micro-batch of a partition changes: all of it is committed, or none.
 * Instants are epoch milliseconds. Rows may come in any order; they are written in key order.
 */
export interface EvaluationBatch {
  partition: number;
  epoch: number;
  /** Where the partition stands before and after: the fence. */
  oldSeq: number;
  newSeq: number;
  events: EventColumns;
  /** The new state of every user that changed, once each. */
  userStates: readonly UserStateRow[];
  unlocks: readonly UnlockRow[];
  revocations: readonly RevocationRow[];
  xp: readonly XpRow[];
  outbox: readonly OutboxRow[];
  /** Ledger entries that something was paid before, since they were written. */
  xpTotals?: readonly XpTotalRow[];
  recounts?: readonly RecountChange[];
  /** Events that count for definitions that were published after them: what later unlocks take for evidence. */
  matches?: readonly MatchRow[];
  /** Events that count for nothing any more. */
  retractions?: readonly RetractionRow[];
  /** Somebody of whom nothing is to be left. */
  erasures?: readonly ErasureRow[];
  /** Users whose events are another's from now on. */
  eventMoves?: readonly EventMoveRow[];
  unlockRewrites?: readonly UnlockRewriteRow[];
}

/** The next events of somebody who is erased, and with the last of them all else. */
export interface ErasureRow {
  tenantKey: number;
  userKey: number;
  /** At most. */
  events: number;
  /** They went by several names: of events that are another's since, the sender is looked for. */
  wasMerged: boolean;
  /** The user goes with it. */
  isLast: boolean;
}

/** The accepted events of a batch, column by column: element i of each column makes up event i. */
export interface EventColumns {
  tenantKey: number[];
  userKey: number[];
  /** The entry of the log, and the place in the entry. */
  logSeq: number[];
  logIndex: number[];
  eventId: string[];
  identity: PackedHashes[];
  occurredAt: number[];
  /** The `definition_key` of each definition that counted the event; null for none. */
  matched: (readonly number[] | null)[];
}

export interface UserStateRow {
  tenantKey: number;
  userKey: number;
  state: Uint8Array;
}

export interface UnlockRow extends UnlockFields {
  tenantKey: number;
  userKey: number;
  unlockId: Uuid;
  /** The log entry of the cause, and the cause's place in it. */
  logSeq: number;
  logIndex: number;
  /** The place among the unlocks of the same log entry. */
  ordinal: number;
  /** Event ids, the newest last; or where to look for them: the user's events that counted for a definition. */
  evidence: readonly string[] | EvidenceFromMatches;
}

/** The newest matches in log order that are not behind the cause, the newest last; the cause's name where there is none. */
export interface EvidenceFromMatches {
  definitionKey: number;
  /** Only what occurred in [periodStart, periodEnd); null for no bound. */
  periodStart: number | null;
  periodEnd: number | null;
  /** How many there can be at most (a count's value, say): the search ends with the last of them. */
  atMost?: number;
  /** The version goes on with what the one before it counted: what that matched counts too. */
  goesOn?: boolean;
}

/** The unlock's last revocation in this batch, or its restoration where `revokedAt` is null. At most one for each unlock. */
export interface RevocationRow {
  tenantKey: number;
  unlockId: Uuid;
  revokedAt: number | null;
  revokedReason: string | null;
  /** Absent where no recount will ask for it. */
  restored?: Restoration;
}

/** Where in the log an unlock was given again, when, and by what. */
export interface Restoration {
  logSeq: number;
  logIndex: number;
  /** Epoch milliseconds. */
  at: number;
  causedBy: string;
}

export interface XpRow {
  tenantKey: number;
  userKey: number;
  entryId: Uuid;
  amount: number;
  totalAfter: number;
  reason: string;
  slug: string | null;
  level: string | null;
  period: string | null;
  ruleId: string | null;
  occurredAt: number;
  causedBy: string;
  logSeq: number;
  ordinal: number;
}

/** Once for each event. */
export interface MatchRow {
  tenantKey: number;
  eventIdHash: Uuid;
  definitionKeys: readonly number[];
}

/** An event, and the entry of the log that retracts it. */
export interface RetractionRow {
  tenantKey: number;
  eventIdHash: Uuid;
  logSeq: number;
}

/** All events of a user become those of another. */
export interface EventMoveRow {
  tenantKey: number;
  fromKey: number;
  intoKey: number;
}

/** An unlock that is held is put down to something else: what was told of it to anybody keeps its id. */
export interface UnlockRewriteRow {
  tenantKey: number;
  unlockId: Uuid;
  version: number;
  value: number;
  threshold: number;
  xpReward: number;
  unlockedAt: number;
  causedBy: string;
  message: string | null;
  evidence: readonly string[];
}

export interface XpTotalRow {
  tenantKey: number;
  userKey: number;
  entryId: Uuid;
  totalAfter: number;
}

/** What is pending for the users of one tenant in one partition. */
export interface RecountRow {
  tenantKey: number;
  /** The name that goes with the key. */
  tenantId: string;
  /** The entry that asked for it. */
  logSeq: number;
  kind: 'recount' | 'recheck';
  /** The id of the entry, and its time. */
  cause: string;
  at: number;
  slugs: readonly string[];
  xpRules: readonly string[];
  /** So many shares of the users, one after the other; as many as it takes for one to fit into memory. */
  slices: number;
  slicesDone: number;
  /** The last user that a recheck has seen. */
  scannedKey: number;
  /**
   * The ids of changes by hand that had their turn with users of the slice at hand, whatever came of it: whoever begins the slice
   * anew leaves them out. No more than people make in the time that a slice takes.
   */
  byHand: readonly string[];
}

export interface RecountChange {
  change: 'begin' | 'move' | 'end';
  row: RecountRow;
}

export interface OutboxRow {
  subject: string;
  msgId: string;
  headers: Readonly<Record<string, string>> | null;
  /** The bytes to publish, or the parts around an evidence that the database is about to compute. */
  payload: Uint8Array | PayloadAroundEvidence;
}

/** `before`, then the evidence of `unlocks[unlock]` as a JSON array, then `after`. */
export interface PayloadAroundEvidence {
  before: string;
  /** Index into the batch's `unlocks`. */
  unlock: number;
  after: string;
}

export interface CommittedBatch {
  /** For each row of `outbox`, in order: what to publish, and the id to delete it by after the PubAck. */
  outbox: { id: number; payload: Buffer }[];
  /** For each row of `unlocks`, in order: its evidence as it was written, a JSON array. */
  evidence: string[];
}

export function emptyEventColumns(): EventColumns {
  return {
    tenantKey: [],
    userKey: [],
    logSeq: [],
    logIndex: [],
    eventId: [],
    identity: [],
    occurredAt: [],
    matched: [],
  };
}
