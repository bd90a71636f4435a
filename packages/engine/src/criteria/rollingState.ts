import { MINUTE_MS } from '../windows/span.js';
import type { CriterionState } from './criterionState.js';

/** How much longer than its window a rolling criterion remembers, for events that come late. */
export const LATE_MINUTES = 7 * 24 * 60;

/** A window by its bounds, [start, end) in milliseconds, and its value. */
export interface RolledWindow {
  value: number;
  start: number;
  end: number;
}

/**
 * What a criterion remembers over a rolling window, to the minute: the window that ends at t is (t − W, t]. `measure` is
 * the value of the best window that is remembered, wherever it ends.
 */
export interface RollingState extends CriterionState {
  /** Events before this instant, in milliseconds, do not count any more. */
  readonly forgetsBefore: number;
  /** The value of the best window that a match at this instant lies in: the only ones that it can have changed. */
  measureAround(instant: number): number | null;
  /** The best window that a match at this instant lies in, or of all; the latest of those. null where there is none. */
  bestWindow(around: number | null): RolledWindow | null;
  /** The value of the window that ends at this instant. */
  measureAt(instant: number): number;
}

export function isRolling(state: CriterionState): state is RollingState {
  return 'measureAround' in state;
}

/** The window that ends with a minute. */
export function windowEndingAt(minute: number, { value, minutes }: { value: number; minutes: number }): RolledWindow {
  return { value, start: (minute - minutes + 1) * MINUTE_MS, end: (minute + 1) * MINUTE_MS };
}

export function minuteOf(instant: number): number {
  return Math.floor(instant / MINUTE_MS);
}
