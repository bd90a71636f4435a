import type { RecountStore } from '@cairn/rule-evaluator/parts';
import { ORDINALS_PER_EVENT, type Restoration } from '@cairn/store';
import type { Tables, UnlockTableRow } from './Tables.js';

/** What recounts ask of the tables, each in one go. */
export function recountStore(tables: Tables, read: <T>(what: string, effect: () => T) => Promise<T>): RecountStore {
  return {
    pending: (partition) => read('read what is pending', () => tables.pendingRecounts(partition).sort((a, b) => a.logSeq - b.logSeq)),
    hasUsers: () => read('ask for users', () => tables.all('user').size > 0),
    noteRead: () => read('note how far was read', () => undefined),
    userKeys: (page) =>
      read('list users', () =>
        [...tables.all('user')]
          .map(([userId, userKey]) => ({ userId, userKey }))
          .filter(({ userKey }) => userKey > page.after && tables.states.has(userKey))
          .sort((a, b) => a.userKey - b.userKey)
          .slice(0, page.limit),
      ),
    livedSince: ({ userKeys, since }) =>
      read('read what was lived', () => {
        const isMeant = (row: { userKey: number; logSeq: number }): boolean => userKeys.includes(row.userKey) && row.logSeq >= since;
        return {
          unlocks: inLogOrder(livedUnlocks(tables, userKeys, since)).map((row) => ({ ...row, at: row.unlockedAt })),
          entries: inLogOrder(tables.xp.filter(isMeant)).map((row) => ({ ...row, entryId: String(row.entryId), at: row.occurredAt })),
        };
      }),
    firstUnlocks: ({ userKeys, slugs, before }) =>
      read('read first unlocks', () => {
        const isHeld = ({ revokedAt, restored }: UnlockTableRow): boolean =>
          revokedAt === null && (restored === null || restored.logSeq < before);
        const rows = inLogOrder(tables.unlocks.filter((row) => row.logSeq < before && isHeld(row)));
        return userKeys.flatMap((userKey) =>
          slugs.flatMap((slug) => {
            const first = rows.find((row) => row.userKey === userKey && row.slug === slug);
            return first === undefined ? [] : [{ ...first, at: first.unlockedAt }];
          }),
        );
      }),
    xpReached: ({ userKeys, thresholds, before }) =>
      read('read when XP was reached', () => {
        const rows = inLogOrder(tables.xp.filter((row) => row.logSeq < before));
        return userKeys.flatMap((userKey) => {
          const ledger = rows.filter((row) => row.userKey === userKey);
          const ends = ledger.filter((row, i) => ledger[i + 1]?.sequence !== row.sequence || ledger[i + 1]?.causedBy !== row.causedBy);
          return thresholds.flatMap((threshold) => {
            const first = ends.find((row) => row.totalAfter >= threshold);
            return first === undefined ? [] : [{ ...first, threshold, total: first.totalAfter, at: first.occurredAt }];
          });
        });
      }),
    existingXpEntries: ({ entryIds }) =>
      read('look for entries', () => {
        const known = new Set(tables.xp.map(({ entryId }) => String(entryId)));
        return entryIds.filter((entryId) => known.has(entryId));
      }),
  };
}

/** What was given again stands where it was. */
function livedUnlocks({ unlocks }: Tables, userKeys: readonly number[], since: number): UnlockTableRow[] {
  return unlocks
    .filter(({ userKey }) => userKeys.includes(userKey))
    .map((row) => (row.logSeq < since && row.restored !== null ? restoredRow(row, row.restored) : row))
    .filter(({ logSeq }) => logSeq >= since);
}

function restoredRow(row: UnlockTableRow, { logSeq, logIndex, at, causedBy }: Restoration): UnlockTableRow {
  return { ...row, logSeq, ordinal: logIndex * ORDINALS_PER_EVENT, unlockedAt: at, causedBy };
}

function inLogOrder<Row extends { logSeq: number; ordinal: number; causedBy: string }>(rows: readonly Row[]) {
  return [...rows]
    .sort((a, b) => a.logSeq - b.logSeq || a.ordinal - b.ordinal)
    .map((row) => ({ ...row, sequence: row.logSeq, index: Math.floor(row.ordinal / ORDINALS_PER_EVENT), cause: row.causedBy }));
}
