import { decodeState, decodeTeamState, emptyState, StateFormatError } from '@cairn/engine';
import type { OwnerKind } from '@cairn/store';
import type { LoadedUser } from '../store/EvaluationStore.js';
import { MatchMemory } from './MatchMemory.js';
import type { TenantContext } from './TenantCatalogues.js';
import { type CachedUser, heapBytesOf } from './UserCache.js';

export interface Loading {
  tenant: Pick<TenantContext, 'tenantKey' | 'tenantId'>;
  kind: OwnerKind;
  /** Of the batch that asks. */
  number: number;
  /** A stored state is broken: its owner stands still until it is put right. */
  unreadable(user: CachedUser, error: StateFormatError): void;
}

/** @throws StateFormatError for a state that a newer version wrote: this one must not go on and drop what it cannot read. */
export function cachedUserOf(row: LoadedUser, { tenant, kind, number, unreadable }: Loading): CachedUser {
  const { tenantKey, tenantId } = tenant;
  const { userKey, userId } = row;
  const user: CachedUser = {
    kind,
    tenantKey,
    tenantId,
    userKey,
    userId,
    state: emptyState(),
    heapBytes: heapBytesOf(row.state?.length ?? 0),
    unreadable: null,
    neededByBatch: number,
    // Whose state was never written has no event before this one.
    matches: new MatchMemory({ isFromTheBeginning: kind === 'user' && row.state === null }),
    // What was written behind an entry was looked at before that.
    recheckedAt: (row.lastSeq ?? 0) - 1,
  };
  if (row.state === null) return user;
  try {
    user.state = kind === 'team' ? decodeTeamState(row.state) : decodeState(row.state);
  } catch (error) {
    if (!(error instanceof StateFormatError) || error.code === 'unknown_version') throw error;
    user.unreadable = `the stored state of the ${kind} is broken (${error.message}): rebuild it, then redrive`;
    unreadable(user, error);
  }
  return user;
}
