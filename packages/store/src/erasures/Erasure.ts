/** In this order. */
export const ERASURE_STEPS = ['requested', 'ordered', 'log', 'rests', 'events', 'letters', 'teams', 'tables', 'done'] as const;
export type ErasureStep = (typeof ERASURE_STEPS)[number];

/** A user of whom nothing is to be left, and how far that is. */
export interface Erasure {
  erasureId: string;
  tenantKey: number;
  tenantId: string;
  /** All names that the user went by; none once it is done. */
  userIds: string[];
  step: ErasureStep;
  /** The entry of the log that took the user out of the database; null until it is written. */
  logSeq: number | null;
  /** How far the stream of the step at hand was gone through, and where that ends. */
  scannedSeq: number;
  untilSeq: number;
  /** Entries of the log of which a part was erased. */
  entries: number;
  /** Messages of the public door and dead letters that were deleted. */
  messages: number;
  letters: number;
  /** 1 where the user had a part in what a team did. */
  teams: number;
  actor: string;
  reason: string;
  waitsFor: string | null;
  requestedAt: number;
  finishedAt: number | null;
}

/** For SELECT, of `erasures AS e` and `tenants AS t`. */
export const ERASURE_COLUMNS = `e.erasure_id AS "erasureId", e.tenant_key AS "tenantKey", t.tenant_id AS "tenantId", e.user_ids AS "userIds",
  e.step, e.log_seq AS "logSeq", e.scanned_seq AS "scannedSeq", e.until_seq AS "untilSeq", e.entries, e.messages, e.letters, e.teams,
  e.actor, e.reason, e.waits_for AS "waitsFor", floor(extract(epoch FROM e.requested_at) * 1000)::int8 AS "requestedAt",
  floor(extract(epoch FROM e.finished_at) * 1000)::int8 AS "finishedAt"`;
