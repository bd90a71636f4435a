import type { UnlockEffect } from '@cairn/engine';

/** What an unlock is unique by. */
interface PeerUnlock {
  userId: string;
  slug: string;
  level: string;
  period: string;
}

export function unlockKey(userId: string, { definition, level, period }: UnlockEffect): string {
  return keyOf({ userId, slug: definition.definition.slug, level: level ?? '', period: period ?? '' });
}

function keyOf({ userId, slug, level, period }: PeerUnlock): string {
  return `${userId}|${slug}|${level}|${period}`;
}
