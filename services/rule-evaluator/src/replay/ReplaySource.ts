import type { EvaluationLog } from '../log/EvaluationLog.js';

/** Where the log is replayed from. */
export interface ReplaySource extends EvaluationLog {
  /** Tells one source from another, so that a generation is not begun from one and finished from the other. */
  readonly name: string;
  /** The sequences that are there; `last` is 0 for a log that never held any. */
  extent(): Promise<{ first: number; last: number }>;
  /** Whether there is an entry on one of the subjects between two places. */
  holdsAny(subjects: readonly string[], of: { after: number; before: number; signal: AbortSignal }): Promise<boolean>;
  /** Takes away what reading has left behind. */
  close(): Promise<void>;
}
