import type { BatchFolder } from '../partition/BatchFolder.js';
import type { BatchPipeline } from '../partition/BatchPipeline.js';
import type { WorkerPorts } from '../partition/WorkerPorts.js';
import type { RecountLimits } from './RecountLimits.js';

/** What recounts have of their partition. */
export interface RecountPorts extends Pick<WorkerPorts, 'log' | 'store' | 'logger' | 'pause' | 'partitions'> {
  partition: number;
  epoch: number;
  folder: BatchFolder;
  pipeline: BatchPipeline;
  limits: RecountLimits;
}
