import type { MergedUnlock } from '@cairn/engine';
import type { StoredUnlock } from '@cairn/store';
import type { BatchBuilder } from '../partition/BatchBuilder.js';
import type { CachedUser } from '../partition/UserCache.js';

/** What becomes of the rows of a user who ends: nobody is told, since somebody was told of each of them. */
export function addMergedUnlocks(
  builder: BatchBuilder,
  unlocks: readonly MergedUnlock[],
  of: { rows: readonly StoredUnlock[]; into: CachedUser; from: CachedUser; sequence: number; at: number; reason: string },
): void {
  const { rows, into, from, sequence, at, reason } = of;
  const ours = byKey(rows.filter(({ userKey }) => userKey === into.userKey));
  const theirs = byKey(rows.filter(({ userKey }) => userKey === from.userKey));
  for (const unlock of unlocks) {
    const before = theirs.get(keyOf(unlock));
    // Held by the state alone, which nobody can say more of.
    if (before === undefined) continue;
    const own = ours.get(keyOf(unlock));
    if (unlock.became === 'taken') builder.takeUnlock(into, before, { sequence });
    else if (own !== undefined && (unlock.became === 'regained' || before.unlockedAt < own.unlockedAt)) {
      builder.rewriteUnlock(into, own, { by: before, isRegained: unlock.became === 'regained' });
    }
  }
  for (const row of theirs.values()) if (row.revokedAt === null) builder.endUnlock(from, row, { at, reason: `merged: ${reason}` });
}

function byKey(rows: readonly StoredUnlock[]): ReadonlyMap<string, StoredUnlock> {
  return new Map(rows.map((row) => [keyOf(row), row]));
}

function keyOf({ slug, level, period }: { slug: string; level: string | null; period: string | null }): string {
  return [slug, level ?? '', period ?? ''].join('\u0000');
}
