import type { EngineEvent } from '../engineEvent.js';
import type { Scalar } from '../expressions/expression.js';
import type { ByteWriter } from '../state/byteWriter.js';

/** One event that a criterion counts, and what its rule found out about it. */
export interface Match {
  event: EngineEvent;
  /** The calendar day of `occurredAt` where the user is, in days since 1970-01-01. */
  day: number;
  /** What `value` yields; null for criteria that have none. */
  value: Scalar | null;
  /** The id of the step of a checklist or sequence; empty for other criteria. */
  step: string;
  /** What `success` yields; false for criteria that have none. */
  success: boolean;
}

/**
 * What a criterion remembers of the events of one user in one window: an element of a commutative monoid. A new one is
 * its neutral element, `add` joins a single event in place, `merge` the events of another state, and the order never
 * matters. It holds all that merging and measuring need, so that it can be read back without its definition.
 */
export interface CriterionState {
  readonly kind: CriterionKind;
  /** Whether that can have changed the value. The match is the caller's, who uses it again. */
  add(match: Match): boolean;
  /** Whether the other state counts the same thing, so that it can be merged into this one. */
  accepts(other: CriterionState): boolean;
  /** `other` has counted other events. @throws KindMismatchError where it is not accepted. */
  merge(other: CriterionState): void;
  /** The value; null where there is none yet, which meets no threshold and is shown as 0. */
  measure(): number | null;
  write(writer: ByteWriter): void;
}

export type CriterionKind =
  | 'count'
  | 'sum'
  | 'max'
  | 'latest'
  | 'distinct'
  | 'streak'
  | 'checklist'
  | 'manual'
  | 'sequence'
  | 'ratio'
  | 'rolling_count'
  | 'rolling_sum'
  | 'rolling_distinct'
  | 'rolling_checklist';

/** Two states of different kinds were to be merged: a mistake of the program, never of the data. */
export class KindMismatchError extends Error {
  override readonly name = 'KindMismatchError';
  readonly code = 'kind_mismatch';

  constructor(one: CriterionKind, other: CriterionKind) {
    super(`a ${one} state cannot be merged with a ${other} state`);
  }
}
