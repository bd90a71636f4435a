import type { Erasure } from './answers.js';
import { delay } from './delay.js';
import { STATUS_POLL_MS_MAX, STATUS_POLL_MS_MIN } from './limits.js';

export interface ErasureWaitOptions {
  onProgress?: (erasure: Erasure) => void;
  signal?: AbortSignal;
}

/** Looks at an erasure until it is done. It may have to wait for a long time, and says for what. */
export async function waitUntilErased(read: () => Promise<Erasure>, { onProgress, signal }: ErasureWaitOptions): Promise<Erasure> {
  for (let pollMs = STATUS_POLL_MS_MIN; ; pollMs = Math.min(pollMs * 2, STATUS_POLL_MS_MAX)) {
    const erasure = await read();
    onProgress?.(erasure);
    if (erasure.status === 'done') return erasure;
    await delay(pollMs, signal);
  }
}
