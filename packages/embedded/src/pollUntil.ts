import { setTimeout as delay } from 'node:timers/promises';

/** How often a condition is looked at when nothing announces that it came true. */
const POLL_INTERVAL_MS = 10;

/**
 * Looks at a condition until it holds.
 *
 * @returns true as soon as it holds, false when `timeoutMs` have passed without.
 */
export async function pollUntil(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() >= deadline) return false;
    await delay(POLL_INTERVAL_MS);
  }
}
