import { type CairnEvent, tenantOfLogSubject } from '@cairn/contracts';
import { findIdentities, type Queryable, uuidText } from '@cairn/store';
import { type Redacted, redactEntry } from './redactEntry.js';

/** An entry of the log, wherever it is kept. */
export interface PlacedEntry {
  /** Of the entry. */
  subject: string;
  sequence: number;
  data: Uint8Array;
}

/** What is left of entries of the log without some users of a tenant; null where an entry says nothing of them. */
export function redactorOf(
  db: Queryable,
  { tenantKey, tenantId, userIds }: { tenantKey: number; tenantId: string; userIds: readonly string[] },
): (entry: PlacedEntry) => Promise<Redacted | null> {
  const names = new Set(userIds);
  const needles = userIds.map((userId) => Buffer.from(userId));
  return async ({ subject, sequence, data }) => {
    if (tenantOfLogSubject(subject) !== tenantId) return null;
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    // An id stands in an entry as it is: most need not be decoded.
    if (!needles.some((needle) => bytes.includes(needle))) return null;
    const findTaken = (events: ReadonlyMap<number, CairnEvent>) => takenOf(db, { tenantKey, sequence, events });
    return redactEntry({ subject, data }, { userIds: names, findTaken });
  };
}

/** The database knows of each identity the place that was taken, though no longer by whom. */
async function takenOf(
  db: Queryable,
  { tenantKey, sequence, events }: { tenantKey: number; sequence: number; events: ReadonlyMap<number, CairnEvent> },
): Promise<Set<number>> {
  const rows = await findIdentities(db, {
    tenantKey,
    eventIdHashes: [...events.values()].map(({ identity }) => identity.eventIdHash),
    keyHashes: [],
    fingerprints: [],
  });
  const taken = new Map(rows.filter(({ logSeq }) => logSeq === sequence).map((row) => [row.logIndex, row.eventIdHash]));
  return new Set(
    [...events].filter(([index, { identity }]) => taken.get(index) === uuidText(identity.eventIdHash)).map(([index]) => index),
  );
}
