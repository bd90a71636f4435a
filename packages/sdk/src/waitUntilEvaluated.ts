import type { ServerStatus } from './answers.js';
import { delay } from './delay.js';
import { EvaluationStalledError } from './errors.js';
import { EVALUATION_STALL_MS_MAX, STATUS_POLL_MS_MAX, STATUS_POLL_MS_MIN } from './limits.js';

export interface WaitOptions {
  /** Enough once the log is evaluated up to here: others may go on sending meanwhile. Without it, all of it. */
  sequence?: number;
  /** With a sequence: whether what was published up to there has to be recounted too. */
  recounts?: 'await' | 'ignore';
  onProgress?: (status: ServerStatus) => void;
  signal?: AbortSignal;
  /** Without headway for so long it is an error. */
  stallMsMax?: number;
}

/**
 * Looks at the status until what was sent is evaluated.
 * @throws EvaluationStalledError where nothing moves any more.
 */
export async function waitUntilEvaluated(readStatus: () => Promise<ServerStatus>, options: WaitOptions = {}): Promise<ServerStatus> {
  const stallMsMax = options.stallMsMax ?? EVALUATION_STALL_MS_MAX;
  let headway = { at: Date.now(), evaluated: -1, lag: Number.POSITIVE_INFINITY, recounted: 0 };
  for (let pollMs = STATUS_POLL_MS_MIN; ; pollMs = Math.min(pollMs * 2, STATUS_POLL_MS_MAX)) {
    const status = await readStatus();
    options.onProgress?.(status);
    if (isEvaluated(status, options)) return status;
    const recounted = recountedOf(status);
    if (status.evaluated_sequence > headway.evaluated || status.lag < headway.lag || recounted !== headway.recounted) {
      headway = { at: Date.now(), evaluated: Math.max(status.evaluated_sequence, headway.evaluated), lag: status.lag, recounted };
    } else if (Date.now() - headway.at > stallMsMax) {
      throw new EvaluationStalledError(status.lag, stallMsMax);
    }
    await delay(pollMs, options.signal);
  }
}

function isEvaluated(status: ServerStatus, { sequence, recounts = 'ignore' }: WaitOptions): boolean {
  if (status.lag === 0) return true;
  if (sequence === undefined || status.evaluated_sequence < sequence) return false;
  return recounts === 'ignore' || !(status.recounts ?? []).some(({ since_sequence: since }) => since <= sequence);
}

function recountedOf({ recounts = [] }: ServerStatus): number {
  return recounts.reduce((sum, { progress }) => sum + progress, 0);
}
