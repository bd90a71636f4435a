import { classify, type StoreErrorCode } from '@cairn/store';
import type { FoldedBatch } from './FoldedBatch.js';

/** What another fold of the same entries can mend, with what was learned from the refusal. */
const MENDABLE: ReadonlySet<StoreErrorCode | null> = new Set(['identity_taken', 'unlock_taken', 'xp_taken']);
/** What says that a row of the batch can never be written, as opposed to a fault of the database or of this program. */
const POISON: ReadonlySet<StoreErrorCode | null> = new Set(['invalid_data', 'constraint', 'batch_too_large', 'unlock_missing']);

/** The database refused a batch for what it holds: nothing of it was written. */
export class BatchRefused extends Error {
  readonly code = 'batch_refused';
  readonly because: string;

  private constructor(
    readonly folded: FoldedBatch,
    readonly isMendable: boolean,
    refusal: { because: string; cause: unknown },
  ) {
    super(`batch ${folded.number} was refused: ${refusal.because}`, { cause: refusal.cause });
    this.name = 'BatchRefused';
    this.because = refusal.because;
  }

  /** null for an error that says nothing about what the batch holds. */
  static of(folded: FoldedBatch, error: unknown): BatchRefused | null {
    const code = classify(error);
    if (MENDABLE.has(code)) return new BatchRefused(folded, true, { because: String(code), cause: error });
    return isPoison(error) ? new BatchRefused(folded, false, { because: String(code), cause: error }) : null;
  }
}

/** Whether an error of the store says that what was to be written can never be. A number that fits no column is a RangeError. */
export function isPoison(error: unknown): boolean {
  return error instanceof BatchRefused || error instanceof RangeError || POISON.has(classify(error));
}
