import { eventIdInMergedTenant, hashEventId } from '@cairn/contracts';
import { type Database, findIdentities, findTenant, type TenantMerge, unreadEvents } from '@cairn/store';
import { TENANT_COPY_UNREAD_LOOKED_AT } from '../limits.js';
import { HistoryTrimmed } from './HistoryTrimmed.js';

export interface ReadStretch {
  /** What came along before: the first entry is one behind it. */
  after: number;
  /** The first that is not asked about. */
  before: number;
  /** Where the entries lie that were read. */
  read: readonly number[];
  /** Where the log begins by now. */
  firstSequence: number;
}

/**
 * Throws where the log was trimmed before all of a stretch was read. Where it is gone and most of it is in the tenant that goes on all the same,
 * it came along before the tables were lost and rebuilt, and nothing is missing.
 * @throws HistoryTrimmed
 */
export async function refuseTrimmed({ pool }: Database, merge: TenantMerge, stretch: ReadStretch): Promise<void> {
  const { tenantId, tenantKey, intoTenant } = merge;
  const { after, firstSequence, read } = stretch;
  if (firstSequence <= after + 1) return;
  const before = Math.min(firstSequence, stretch.before);
  const unread = await unreadEvents(pool, { tenantKey, after, before, read, limit: TENANT_COPY_UNREAD_LOOKED_AT });
  if (unread.length === 0) return;
  const to = await findTenant(pool, intoTenant);
  const eventIdHashes = unread.map((eventId) => hashEventId(eventIdInMergedTenant(tenantId, eventId)));
  const there = to === null ? [] : await findIdentities(pool, { tenantKey: to.tenantKey, eventIdHashes, keyHashes: [], fingerprints: [] });
  // What counts for nothing is left behind, and a producer may have sent some of it anew: neither is most of it.
  if (there.length * 2 < unread.length) throw new HistoryTrimmed({ tenantId, scannedSeq: after, firstSequence });
}
