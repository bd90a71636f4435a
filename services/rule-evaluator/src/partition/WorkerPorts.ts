import type { Logger } from '@cairn/runtime';
import type { CommittedBatch } from '@cairn/store';
import type { OwnedPartition } from '../lease/PartitionLeases.js';
import type { EvaluationLog } from '../log/EvaluationLog.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';
import type { EventsUnderWay } from './EventsUnderWay.js';
import type { FoldedBatch } from './FoldedBatch.js';

/** What a worker tells the rest of the process. */
export interface WorkerEvents {
  /** After a commit: its outbox, what progressed, how much. */
  committed(folded: FoldedBatch, committed: CommittedBatch): void;
  /** The worker has ended by itself: somebody else owns the partition. */
  fenced(owned: OwnedPartition): void;
  /** Resolves when so much of what was committed is told that more may follow, or the signal says to stop. At once where left out. */
  room?(signal: AbortSignal): Promise<void>;
  /** It starts over from the committed position, because of an error of that code. */
  restarting?(code: string): void;
}

export interface WorkerPorts {
  /** Of the install. */
  partitions: number;
  log: EvaluationLog;
  store: EvaluationStore;
  logger: Logger;
  events: WorkerEvents;
  /** What all partitions of the process have under way together; nothing holds them up where left out. */
  underWay?: EventsUnderWay;
  /** Resolves after the time, or at once when the signal says so. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}
