import { classify } from './classify.js';
import { StoreError } from './StoreError.js';

/**
 * For what the driver rejected with. It gives no code to its own errors (a terminated connection, a pool that
 * has none to spare, a read that timed out), and all of those say that this connection is of no use.
 */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = classify(error) ?? (isProgrammingError(error) ? 'unexpected' : 'connection');
  return new StoreError(code, error instanceof Error ? error.message : String(error), { cause: error });
}

function isProgrammingError(error: unknown): boolean {
  return !(error instanceof Error) || error instanceof TypeError || error instanceof RangeError;
}
