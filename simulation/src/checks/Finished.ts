import type { Answer } from '../processes/SimulatedDoor.js';
import type { Sending } from '../scenario/history.js';
import type { FirstStage } from '../scenario/pack.js';
import type { Tables } from '../servers/Tables.js';
import type { World } from '../world/World.js';

/** A world at rest, and what is known of how it came about. */
export interface Finished {
  world: World;
  history: readonly Sending[];
  answers: readonly (Answer | null | undefined)[];
  /** What was published from the start. */
  stage: FirstStage;
  /** What the log alone leads to. */
  rebuilt: Tables;
}
