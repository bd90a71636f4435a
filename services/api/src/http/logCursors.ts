import { z } from 'zod';
import { CursorCodec } from './cursor.js';

const place = { logSeq: z.int().nonnegative(), ordinal: z.int().min(0).max(2_147_483_647) };

/** Cursors of the lists that are in log order. */
export const userUnlocksCursor = new CursorCodec('user_unlocks', z.object({ ...place, unlockId: z.uuid() }));
export const tenantUnlocksCursor = new CursorCodec('unlocks', z.object({ ...place, unlockId: z.uuid() }));
export const xpCursor = new CursorCodec('xp', z.object({ ...place, entryId: z.uuid() }));
