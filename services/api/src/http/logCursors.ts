import { isInstant } from '@cairn/contracts';
import { z } from 'zod';
import { CursorCodec } from './cursor.js';

const place = { logSeq: z.int().nonnegative(), ordinal: z.int().min(0).max(2_147_483_647) };

/** The list that is in the order of time. */
export const userUnlocksCursor = new CursorCodec(
  'user_unlocks',
  z.object({ unlockedAt: z.int().refine(isInstant), ...place, unlockId: z.uuid() }),
);

/** The lists that are in the order of the log. */
export const tenantUnlocksCursor = new CursorCodec('unlocks', z.object({ ...place, unlockId: z.uuid() }));
export const xpCursor = new CursorCodec('xp', z.object({ ...place, entryId: z.uuid() }));
