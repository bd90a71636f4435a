import type { StreamedUnlock } from '../tail/streamedUnlock.js';

/** What one reader wants to see. */
export interface StreamFilter {
  tenantId: string;
  /** null: all of the tenant. */
  userId: string | null;
  /** Other ids of the user: what was told under them is about the same person. */
  aliases?: readonly string[];
  progress: boolean;
  /** Whether unlocks that a new version awarded over the history are sent too. */
  backfilled: boolean;
}

export function wants(filter: StreamFilter, entry: StreamedUnlock): boolean {
  return (
    entry.tenantId === filter.tenantId &&
    (filter.userId === null || entry.userId === filter.userId || isAlias(filter, entry.userId)) &&
    (entry.kind === 'revoke' || !entry.backfilled || filter.backfilled)
  );
}

function isAlias({ aliases = [] }: StreamFilter, userId: string | null): boolean {
  return userId !== null && aliases.includes(userId);
}
