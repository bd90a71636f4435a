import { type CairnEvent, partitionOf } from '@cairn/contracts';
import type { UserAliases } from './UserAliases.js';

/** Whose history it is: that of the users of one partition, or of one of them. */
export interface HistoryOwner {
  tenantId: string;
  partition: number;
  /** Of the install. */
  partitions: number;
  aliases: UserAliases;
}

/** Where the history of a partition's users lies: in the partition itself, and in those of their aliases. */
export function partitionsOfHistory({ tenantId, partition, partitions, aliases }: HistoryOwner): number[] {
  const found = new Set([partition]);
  for (const userId of aliases.users()) {
    if (partitionOf(tenantId, userId, partitions) !== partition) continue;
    for (const alias of aliases.aliasesOf(userId)) found.add(partitionOf(tenantId, alias, partitions));
  }
  return [...found];
}

/** The event under the name of its user; null where that is a user of another partition. */
export function ownEvent(event: CairnEvent, { tenantId, partition, partitions, aliases }: HistoryOwner): CairnEvent | null {
  if (aliases.isEmpty) return event;
  const userId = aliases.userOf(event.userId);
  if (partitionOf(tenantId, userId, partitions) !== partition) return null;
  return userId === event.userId ? event : { ...event, userId };
}
