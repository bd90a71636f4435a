import type { CachedUser } from './UserCache.js';

/** Who holds an unlock: as its id is derived, and as it is told. */
export function holderOf({ kind, userId }: CachedUser): {
  key: { userId: string } | { teamId: string };
  told: { user_id: string } | { user_id: null; team_id: string };
} {
  return kind === 'team'
    ? { key: { teamId: userId }, told: { user_id: null, team_id: userId } }
    : { key: { userId }, told: { user_id: userId } };
}
