import type { ControlPlace } from '../control/ControlContext.js';
import type { TeamFolder } from './TeamFolder.js';
import type { TeamWorkerPorts } from './TeamWorkerPorts.js';

/** Where the loop of the teams applies a control entry. */
export interface TeamControlContext extends ControlPlace {
  folder: TeamFolder;
  ports: TeamWorkerPorts;
  /** Let the states agree with the unlocks that exist: an earlier try was refused. */
  repairUnlocks: boolean;
  /** Says that the loop stops: what takes long ends early. */
  signal: AbortSignal;
}
