import { CairnApiError, CairnUnreachableError } from './errors.js';
import { RETRY_AFTER_MS_MAX } from './limits.js';

/** How often and how patiently a call is tried again. */
export interface RetryPolicy {
  /** Attempts in all, the first included. */
  attemptsMax: number;
  /** The longest wait before the second attempt; it doubles with each further one. */
  delayMsFirst: number;
  delayMsMax: number;
}

export const RETRY_POLICY_DEFAULT: RetryPolicy = { attemptsMax: 6, delayMsFirst: 200, delayMsMax: 10_000 };

/** Busy or being restarted: these answers pass by themselves. 500 is not among them, it would fail again. */
const PASSING_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Said before anything was done: even a call that must not be done twice may be repeated. */
const NOTHING_DONE_STATUS: ReadonlySet<number> = new Set([429, 503]);

export interface Attempt {
  /** 1 for the first. */
  number: number;
  error: unknown;
  /** Whether doing the call twice is the same as doing it once. */
  idempotent: boolean;
}

/** Milliseconds to wait before the next attempt, or null where there shall be none. */
export function retryDelayMs(policy: RetryPolicy, attempt: Attempt): number | null {
  if (attempt.number >= policy.attemptsMax) return null;
  const { error } = attempt;
  if (error instanceof CairnUnreachableError) return attempt.idempotent ? jittered(policy, attempt.number) : null;
  if (!(error instanceof CairnApiError)) return null;
  const passing = attempt.idempotent ? PASSING_STATUS : NOTHING_DONE_STATUS;
  if (!passing.has(error.status)) return null;
  const asked = error.retryAfterMs ?? 0;
  if (asked > RETRY_AFTER_MS_MAX) return null;
  // Never earlier than asked; the jitter on top keeps many clients from coming back at the same moment.
  return asked + jittered(policy, attempt.number);
}

/** «Full jitter»: anywhere between nothing and the doubled bound. */
function jittered(policy: RetryPolicy, attemptNumber: number): number {
  const bound = Math.min(policy.delayMsMax, policy.delayMsFirst * 2 ** (attemptNumber - 1));
  return Math.random() * bound;
}
