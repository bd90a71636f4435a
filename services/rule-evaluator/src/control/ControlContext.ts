import type { BatchFolder } from '../partition/BatchFolder.js';
import type { WorkerPorts } from '../partition/WorkerPorts.js';

/** Where a control entry is applied. */
export interface ControlContext {
  partition: number;
  epoch: number;
  /** Where the partition stands: right before the entry. */
  position: number;
  folder: BatchFolder;
  ports: WorkerPorts;
}
