import type { Guards } from '../world/Guards.js';

/** Seeds to be run, one after the other. */
export interface Work {
  from: number;
  seeds: number;
  guards: Guards;
}
