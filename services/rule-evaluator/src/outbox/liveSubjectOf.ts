import { isUnlock, realtimeTeamUnlockSubject, realtimeUnlockSubject, UNLOCKED_SUBJECT } from '@cairn/contracts';
import type { OutboxMessage } from './OutboxRelay.js';

const utf8 = new TextDecoder();

/** Where an unlock is told of live; null for what is no unlock, and for a backfilled one, which is silent. */
export function liveSubjectOf({ subject, payload }: Pick<OutboxMessage, 'subject' | 'payload'>): string | null {
  if (subject !== UNLOCKED_SUBJECT) return null;
  const unlock: unknown = JSON.parse(utf8.decode(payload));
  if (!isUnlock(unlock) || unlock.backfilled) return null;
  if (unlock.user_id !== null) return realtimeUnlockSubject(unlock.tenant_id, unlock.user_id);
  return unlock.team_id === undefined ? null : realtimeTeamUnlockSubject(unlock.tenant_id, unlock.team_id);
}
