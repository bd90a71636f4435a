import { deriveXpEntryId } from '@cairn/contracts';
import type { Catalogue, LivedBefore, LivedSince, Moment, RecountPhase, Scratch } from '@cairn/engine';
import type { RecountRow } from '@cairn/store';
import type { UserName } from '../aliases/namesOfUsers.js';
import type { CachedUser } from '../partition/UserCache.js';
import type { RecountStore } from './RecountStore.js';

/** What the store has of one user, as far as a recount needs it. */
export interface Past {
  before: LivedBefore;
  since: LivedSince;
  isDone(step: Scratch['steps'][number]): boolean;
}

export interface PastOf {
  store: RecountStore;
  /** As it is now. */
  row: RecountRow;
  scratchOf(user: CachedUser): Scratch | null;
  /** All names of a user: what was paid is in the ledger of whom it was paid to. */
  namesOf(user: CachedUser): readonly UserName[];
}

/** @returns the past of each user by key */
export async function readPast(
  users: readonly CachedUser[],
  of: PastOf & { phases: readonly RecountPhase[] },
): Promise<(user: CachedUser) => Past> {
  const { store, row, phases } = of;
  const [{ catalogue } = { catalogue: null }] = phases;
  const ofUsers = { tenantKey: row.tenantKey, userKeys: users.map(({ userKey }) => userKey) };
  const before = row.logSeq;
  const byHand = new Set(row.byHand);
  const [lived, firsts, reached, paid] = await Promise.all([
    store.livedSince({ ...ofUsers, since: before }),
    store.firstUnlocks({ ...ofUsers, slugs: listedSlugs(catalogue), before }),
    store.xpReached({ ...ofUsers, thresholds: newThresholds(catalogue, row), before }),
    paidEntries(users, of),
  ]);
  const livedUnlocks = grouped(lived.unlocks);
  const livedEntries = grouped(lived.entries);
  const firstUnlocks = grouped(firsts);
  const xpReached = grouped(reached);
  return (user) => {
    const since = { unlocks: livedUnlocks.get(user.userKey) ?? [], entries: livedEntries.get(user.userKey) ?? [] };
    return {
      since,
      before: {
        unlocks: new Map(firstUnlocks.get(user.userKey)?.map((row): [string, Moment] => [row.slug, row])),
        xp: reachedBySlug(catalogue, row, xpReached.get(user.userKey) ?? []),
      },
      isDone: (step) =>
        step.kind === 'earning'
          ? of.namesOf(user).some((name) => paid.has(entryIdOf(user, { name, entryKey: step.effect.entryKey })))
          : 'byHand' in step && byHand.has(step.byHand.cause),
    };
  };
}

/** Ledger entries of XP rules that exist: an older version of a rule paid, or an earlier try. */
async function paidEntries(users: readonly CachedUser[], { store, row, scratchOf, namesOf }: PastOf): Promise<ReadonlySet<string>> {
  const userKeys: number[] = [];
  const entryIds: string[] = [];
  for (const user of users) {
    for (const step of scratchOf(user)?.steps ?? []) {
      if (step.kind !== 'earning') continue;
      for (const name of namesOf(user)) {
        userKeys.push(name.userKey);
        entryIds.push(entryIdOf(user, { name, entryKey: step.effect.entryKey }));
      }
    }
  }
  if (entryIds.length === 0) return new Set();
  return new Set(await store.existingXpEntries({ tenantKey: row.tenantKey, userKeys, entryIds }));
}

function entryIdOf({ tenantId }: CachedUser, of: { name: UserName; entryKey: string }): string {
  return deriveXpEntryId(tenantId, of.name.userId, of.entryKey);
}

function listedSlugs(catalogue: Catalogue | null): string[] {
  const lists = catalogue?.derivedRules.map(({ definition: { criteria } }) => (criteria.type === 'achievements' ? criteria.slugs : []));
  return [...new Set(lists?.flat())];
}

/** Of `xp` achievements that are recounted: the others have been measured all along. */
function newXpRules(catalogue: Catalogue | null, row: RecountRow) {
  return catalogue?.derivedRules.filter(({ slug, definition }) => definition.criteria.type === 'xp' && row.slugs.includes(slug)) ?? [];
}

function newThresholds(catalogue: Catalogue | null, row: RecountRow): number[] {
  return [...new Set(newXpRules(catalogue, row).flatMap(({ levels }) => levels.map(({ threshold }) => threshold)))];
}

function reachedBySlug(
  catalogue: Catalogue | null,
  row: RecountRow,
  reached: readonly (Moment & { threshold: number; total: number })[],
): LivedBefore['xp'] {
  return new Map(
    newXpRules(catalogue, row).map(({ slug, levels }) => [
      slug,
      levels.flatMap(({ threshold }) => reached.find((moment) => moment.threshold === threshold) ?? []),
    ]),
  );
}

function grouped<Row extends { userKey: number }>(rows: readonly Row[]): ReadonlyMap<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.userKey);
    if (group === undefined) groups.set(row.userKey, [row]);
    else group.push(row);
  }
  return groups;
}
