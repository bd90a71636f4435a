import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 10;
const MS_MAX = 300_000;

/** Resolves when the condition holds. */
export async function pollUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + MS_MAX; performance.now() < deadline; await delay(POLL_MS)) {
    if (await condition()) return;
  }
  throw new Error(`it did not come in time that ${what}`);
}
