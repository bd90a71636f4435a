import { MINUTE_MS } from '../windows/span.js';
import type { CriterionState } from './criterionState.js';

/** How much longer than its window a rolling criterion remembers, for events that come late. */
export const LATE_MINUTES = 7 * 24 * 60;

/**
 * What a criterion remembers over a rolling window, to the minute: the window that ends at t is (t − W, t]. `measure` is
 * the value of the best window that is remembered, wherever it ends.
 */
export interface RollingState extends CriterionState {
  /** Events before this instant, in milliseconds, do not count any more. */
  readonly forgetsBefore: number;
  /** The value of the best window that a match at this instant lies in: the only ones that it can have changed. */
  measureAround(instant: number): number | null;
  /** The value of the window that ends at this instant. */
  measureAt(instant: number): number;
}

export function isRolling(state: CriterionState): state is RollingState {
  return 'measureAround' in state;
}

export function minuteOf(instant: number): number {
  return Math.floor(instant / MINUTE_MS);
}
