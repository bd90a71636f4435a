import { encodeState, mergeInOrder } from '@cairn/engine';
import type { RecountRow } from '@cairn/store';
import { namesOfUsers } from '../aliases/namesOfUsers.js';
import { describeRevocation } from '../control/describeRevocation.js';
import { BATCH_EFFECTS_MAX } from '../limits.js';
import { BatchBuilder, ORDER } from '../partition/BatchBuilder.js';
import type { BatchFolder } from '../partition/BatchFolder.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import type { CachedUser } from '../partition/UserCache.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';
import { type Past, readPast } from './readPast.js';
import type { SliceFold } from './SliceFold.js';

export interface MergeScope {
  tenant: TenantContext;
  fold: SliceFold;
  folder: BatchFolder;
  store: EvaluationStore;
  partition: number;
  /** Ledger entries of XP rules that one user is paid at once. */
  earningsMax: number;
}

export interface MergedUsers {
  builder: BatchBuilder;
  /** Those who are in the batch with all that is theirs; for the others there is more to do. */
  userIds: string[];
}

/** Merges what a recount found into the states of users, up to a batch. What changes nothing is not written. */
export async function mergeUsers(userIds: readonly string[], scope: MergeScope, hints: { repair: boolean }): Promise<MergedUsers> {
  const { tenant, fold, folder, store } = scope;
  await folder.loadUsers(tenant, new Set(userIds), { repair: hints.repair, number: folder.nextNumber() });
  const users = userIds.map((userId) => {
    const user = folder.users.peek(tenant.tenantKey, userId);
    if (user === undefined) throw new Error('a recounted user was not loaded');
    return user;
  });
  // What cannot be read was reported when it was loaded.
  const readable = users.filter(({ unreadable }) => unreadable === null);
  const row = currentRow(scope);
  const scratchOf = ({ userId }: CachedUser) => fold.scratches.get(userId) ?? null;
  const namesOf = await namesOfUsers(readable, { tenant, store });
  const pastOf = await readPast(readable, { store: store.recounts, row, phases: fold.phases, scratchOf, namesOf });
  const builder = new BatchBuilder(scope.partition);
  const byHand = new Set(row.byHand);
  const merged = users.filter(({ unreadable }) => unreadable !== null).map(({ userId }) => userId);
  for (const user of readable) {
    if (builder.effects >= BATCH_EFFECTS_MAX) break;
    if (await mergeUser(user, scope, { builder, past: pastOf(user) })) merged.push(user.userId);
    for (const step of scratchOf(user)?.steps ?? []) if ('byHand' in step) byHand.add(step.byHand.cause);
  }
  if (byHand.size > row.byHand.length) builder.addRecount({ change: 'move', row: { ...row, byHand: [...byHand] } });
  return { builder, userIds: merged };
}

/** With what was done since the slice was begun to be read. */
function currentRow({ fold, folder, tenant }: MergeScope): RecountRow {
  const { row } = fold.of;
  return folder.board.recountsOf(tenant.tenantKey).find(({ logSeq }) => logSeq === row.logSeq) ?? row;
}

/** Answers whether that was all: what rules pay goes into as many transactions as it takes. */
async function mergeUser(user: CachedUser, scope: MergeScope, into: { builder: BatchBuilder; past: Past }): Promise<boolean> {
  const { builder, past } = into;
  const { fold, tenant, store } = scope;
  const { slugs, xpRules } = fold.of.row;
  const before = encodeState(user.state);
  let earnings = 0;
  const { placed, matches, totals } = mergeInOrder(user.state, {
    userId: user.userId,
    phases: fold.phases,
    slugs,
    xpRules: xpRules.filter((key) => !fold.isTaken(key)),
    scratch: fold.scratches.get(user.userId) ?? null,
    ...past,
    isDone: (step) => past.isDone(step) || (step.kind === 'earning' && ++earnings > scope.earningsMax),
  });
  if (placed.length === 0 && Buffer.compare(before, encodeState(user.state)) === 0) return true;
  builder.touch(user);
  for (const { sequence, index, effects, order } of placed) {
    builder.addEffects(user, { ...effects, progressed: [] }, { sequence, index, order: ORDER[order] });
    for (const effect of effects.revocations) {
      const revocation = await describeRevocation(effect, { user, tenant, store, builder });
      builder.addRevocation(tenant.tenantKey, revocation, { instantMs: effect.revokedAt, cause: effect.causedBy });
    }
  }
  for (const total of totals) builder.addXpTotal(user, total);
  for (const { key, eventIds } of matches) for (const eventId of eventIds) builder.addMatch(user, { eventId, definitionKey: key });
  return earnings <= scope.earningsMax;
}
