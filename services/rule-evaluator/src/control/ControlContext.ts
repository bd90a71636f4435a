import type { BatchFolder } from '../partition/BatchFolder.js';
import type { WorkerPorts } from '../partition/WorkerPorts.js';

/** Where a control entry is met. */
export interface ControlPlace {
  partition: number;
  epoch: number;
  /** Where the partition stands: right before the entry. */
  position: number;
  folder: { nextNumber(): number };
}

/** Where a control entry is applied. */
export interface ControlContext extends ControlPlace {
  folder: BatchFolder;
  ports: WorkerPorts;
  /** Let the states agree with the unlocks that exist: an earlier try was refused. */
  repairUnlocks: boolean;
  /** Says that the partition stops: what takes long ends early. */
  signal: AbortSignal;
}
