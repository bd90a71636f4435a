import { setTimeout as delay } from 'node:timers/promises';

const TIMEOUT_MS = 10_000;
const INTERVAL_MS_MIN = 5;
const INTERVAL_MS_MAX = 100;

/**
 * Calls a check until it no longer throws, and returns what it returns. After `timeoutMs` (default 10 s) it throws what the
 * check threw last, so that a failed expectation shows as itself.
 */
export async function eventually<T>(check: () => T | Promise<T>, { timeoutMs = TIMEOUT_MS }: { timeoutMs?: number } = {}): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let intervalMs = INTERVAL_MS_MIN;
  for (;;) {
    try {
      return await settledBy(deadline, Promise.resolve().then(check));
    } catch (error) {
      if (performance.now() + intervalMs > deadline) throw error;
    }
    await delay(intervalMs);
    intervalMs = Math.min(intervalMs * 2, INTERVAL_MS_MAX);
  }
}

async function settledBy<T>(deadline: number, result: Promise<T>): Promise<T> {
  const abort = new AbortController();
  const tooLate = delay(Math.max(0, deadline - performance.now()), undefined, { signal: abort.signal }).then(() => {
    throw new Error('the check that was to come true did not even return in time');
  });
  try {
    return await Promise.race([result, tooLate]);
  } finally {
    // The timer's own rejection is nobody's business once the check has settled.
    tooLate.catch(() => undefined);
    abort.abort();
  }
}
