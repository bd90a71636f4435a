import type { StreamedUnlock } from '../tail/streamedUnlock.js';

/** What one reader wants to see. */
export interface StreamFilter {
  tenantId: string;
  /** null: all of the tenant. */
  userId: string | null;
  progress: boolean;
  /** Whether unlocks that a new version awarded over the history are sent too. */
  backfilled: boolean;
}

export function wants(filter: StreamFilter, entry: StreamedUnlock): boolean {
  return (
    entry.tenantId === filter.tenantId &&
    (filter.userId === null || entry.userId === filter.userId) &&
    (entry.kind === 'revoke' || !entry.backfilled || filter.backfilled)
  );
}
