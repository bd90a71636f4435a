import type { Entry } from '../partition/decodeEntry.js';
import type { TeamControlContext } from './TeamControlContext.js';

/** Which of the events before an entry are originals, and which are retracted, is known only where every partition is past it. */
export async function untilAllArePast({ sequence }: Entry, { ports, signal }: TeamControlContext): Promise<void> {
  const { progress, store, partitions } = ports;
  const areAllPast = () => Array.from({ length: partitions }, (_, i) => i).every((partition) => progress.isPast(partition, sequence));
  await progress.reached(areAllPast, { look: () => store.positions(), signal });
}
