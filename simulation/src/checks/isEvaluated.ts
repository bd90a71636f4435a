import { isControlSubject, partitionOfLogSubject } from '@cairn/contracts';
import { TEAMS_PARTITION } from '@cairn/store';
import type { World } from '../world/World.js';

/** Whether all of the log is committed, nothing is left to recount, and all that it led to is published. */
export function isEvaluated({ nats, database: { tables } }: World): boolean {
  if (tables.outbox.size > 0 || tables.pendingRecounts().length > 0) return false;
  const due = new Map<number, number>();
  for (const { subject, sequence } of nats.log.messages) {
    // Every partition sees a control entry. The loop of the teams reads events once teams can achieve anything.
    const ofTeams = tables.versions.hasTeams(tables.partitions.get(TEAMS_PARTITION)?.lastSeq ?? 0) ? [TEAMS_PARTITION] : [];
    const partitions = isControlSubject(subject) ? tables.partitions.keys() : [partitionOfLogSubject(subject), ...ofTeams];
    for (const partition of partitions) due.set(partition, sequence);
  }
  return [...due].every(([partition, sequence]) => (tables.partitions.get(partition)?.lastSeq ?? 0) >= sequence);
}
