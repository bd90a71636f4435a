import type { Guards } from './Guards.js';
import type { FaultRates, Network } from './Network.js';
import type { Scheduler } from './Scheduler.js';

/** What goes wrong, of the calls to either server. */
export interface Weather {
  nats: FaultRates;
  database: FaultRates;
}

/** What a server of the world has around it. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly network: Network;
  /** As it is now: it changes. */
  readonly weather: Weather;
  readonly guards: Guards;
}
