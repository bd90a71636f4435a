import type { FirstUnlock, LivedEntryRow, LivedUnlockRow, RecountRow, XpReached } from '@cairn/store';

interface OfUsers {
  tenantKey: number;
  userKeys: readonly number[];
}

/** What recounts ask of the database. Errors are StoreErrors. */
export interface RecountStore {
  /** What is pending in a partition, in log order. */
  pending(partition: number): Promise<RecountRow[]>;
  /** Whether anybody of the tenant ever did anything. */
  hasUsers(tenantKey: number): Promise<boolean>;
  /** For those who watch. */
  noteRead(of: { tenantKey: number; partition: number; logSeq: number; readSeq: number }): Promise<void>;
  /** Users with a state, in the order of their keys. */
  userKeys(page: { tenantKey: number; after: number; limit: number }): Promise<{ userKey: number; userId: string }[]>;
  livedSince(of: OfUsers & { since: number }): Promise<{ unlocks: LivedUnlockRow[]; entries: LivedEntryRow[] }>;
  firstUnlocks(of: OfUsers & { slugs: readonly string[]; before: number }): Promise<FirstUnlock[]>;
  xpReached(of: OfUsers & { thresholds: readonly number[]; before: number }): Promise<XpReached[]>;
  /** Which of some ledger entries exist; element i of each list makes up entry i. */
  existingXpEntries(of: OfUsers & { entryIds: readonly string[] }): Promise<string[]>;
}
