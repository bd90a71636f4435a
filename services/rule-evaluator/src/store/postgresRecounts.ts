import {
  type Database,
  existingXpEntries,
  firstUnlocks,
  hasUsers,
  listRecounts,
  listUserKeys,
  livedSince,
  noteRecountRead,
  xpReached,
} from '@cairn/store';
import type { RecountStore } from '../recount/RecountStore.js';

export function postgresRecounts({ pool }: Database): RecountStore {
  return {
    pending: (partition) => listRecounts(pool, { partition }),
    hasUsers: (tenantKey) => hasUsers(pool, tenantKey),
    noteRead: (of) => noteRecountRead(pool, of),
    userKeys: (page) => listUserKeys(pool, page),
    livedSince: (of) => livedSince(pool, of),
    firstUnlocks: (of) => firstUnlocks(pool, of),
    xpReached: (of) => xpReached(pool, of),
    existingXpEntries: (of) => existingXpEntries(pool, of),
  };
}
