import { deriveUnlockId } from '@cairn/contracts';
import type { UnlockKey } from '@cairn/engine';
import { holderOf } from './holderOf.js';
import type { CachedUser } from './UserCache.js';

export function unlockIdOf(user: CachedUser, { slug, level, period }: UnlockKey): string {
  return deriveUnlockId({ ...holderOf(user).key, tenantId: user.tenantId, slug, level, period });
}
