import type { WorkerPorts } from '../partition/WorkerPorts.js';
import type { PartitionProgress } from './PartitionProgress.js';
import type { TeamStore } from './TeamStore.js';

export interface TeamWorkerPorts extends WorkerPorts {
  store: TeamStore;
  progress: PartitionProgress;
}
