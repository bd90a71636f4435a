import { isControlSubject, partitionOfLogSubject } from '@cairn/contracts';
import type { World } from '../world/World.js';

/** Whether all of the log is committed and all that it led to published. */
export function isEvaluated({ nats, database }: World): boolean {
  const { partitions, outbox } = database.tables;
  if (outbox.size > 0) return false;
  const last = new Map<number, number>();
  for (const { subject, sequence } of nats.log.messages) if (!isControlSubject(subject)) last.set(partitionOfLogSubject(subject), sequence);
  return [...last].every(([partition, sequence]) => (partitions.get(partition)?.lastSeq ?? 0) >= sequence);
}
