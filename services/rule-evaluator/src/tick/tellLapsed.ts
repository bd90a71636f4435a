import { setImmediate } from 'node:timers/promises';
import { lapsedBetween } from '@cairn/engine';
import { LAPSED_USERS_A_TURN } from '../limits.js';
import type { BatchFolder } from '../partition/BatchFolder.js';
import type { ProgressChange } from '../progress/ProgressPublisher.js';

/** Tells of the progress of users in memory that time alone has changed between two ticks, a few users in each turn of the loop. */
export async function tellLapsed(
  folder: BatchFolder,
  of: { ticks: { before: number; at: number }; changed(change: ProgressChange): void },
): Promise<void> {
  const users = folder.users.all();
  for (const [i, { tenantId, userId }] of users.entries()) {
    if (i % LAPSED_USERS_A_TURN === 0) await setImmediate();
    // It may have gone from memory meanwhile.
    const found = folder.find({ tenantId, userId });
    if (found === undefined) continue;
    for (const slug of lapsedBetween(found.catalogue, found.state, of.ticks)) of.changed({ tenantId, userId, slug });
  }
}
