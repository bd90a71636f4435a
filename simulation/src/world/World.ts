import { SeededRandom } from '@cairn/testing/random';
import { SimulatedDatabase } from '../servers/SimulatedDatabase.js';
import { SimulatedNats } from '../servers/SimulatedNats.js';
import { anActor } from './Actor.js';
import type { Guards } from './Guards.js';
import { Network, NO_FAULTS } from './Network.js';
import { Scheduler } from './Scheduler.js';
import type { Surroundings, Weather } from './Surroundings.js';

const START_MS = Date.UTC(2026, 5, 1);

/** The partitions of the simulated install: few, so that users share them. */
export const PARTITIONS = 3;

export const CALM: Weather = { nats: NO_FAULTS, database: NO_FAULTS };

/** One seed's world: its time, its servers, and what may go wrong in it. */
export class World implements Surroundings {
  readonly random: SeededRandom;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly nats: SimulatedNats;
  readonly database: SimulatedDatabase;
  weather: Weather = CALM;

  constructor(
    seed: number,
    readonly guards: Guards,
  ) {
    this.random = new SeededRandom(seed);
    this.scheduler = new Scheduler(this.random, { now: START_MS, actor: anActor('nobody') });
    this.network = new Network(this.scheduler);
    this.nats = new SimulatedNats(this);
    this.database = new SimulatedDatabase(this);
  }
}
