import { encodeState, recheck } from '@cairn/engine';
import { type BatchBuilder, ORDER } from '../partition/BatchBuilder.js';
import type { CachedUser } from '../partition/UserCache.js';
import type { PendingRecheck, RecountBoard } from './RecountBoard.js';

/** Unlocks what a user has met at the place of a recheck, unless that is done. Answers how much that was. */
export function recheckUser(user: CachedUser, pending: PendingRecheck, by: { board: RecountBoard; builder: BatchBuilder }): number {
  const { logSeq: sequence, at, cause } = pending.row;
  if (user.unreadable !== null || user.recheckedAt >= sequence) return 0;
  const before = encodeState(user.state);
  const effects = recheck(by.board.recheckCatalogueFor(pending, user.userId), user.state, { at, cause });
  user.recheckedAt = sequence;
  if (effects.unlocks.length + effects.xp.length > 0 || Buffer.compare(before, encodeState(user.state)) !== 0) by.builder.touch(user);
  by.builder.addEffects(user, { ...effects, progressed: [] }, { sequence, index: 0, order: ORDER.rechecked });
  return effects.unlocks.length;
}
