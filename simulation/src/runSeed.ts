import { createLogger } from '@cairn/runtime';
import { checkWorld } from './checks/checkWorld.js';
import type { Finished } from './checks/Finished.js';
import { isEvaluated } from './checks/isEvaluated.js';
import { SimulatedDoor } from './processes/SimulatedDoor.js';
import { SimulatedEvaluator } from './processes/SimulatedEvaluator.js';
import { Eraser } from './scenario/Eraser.js';
import { makeHistory } from './scenario/history.js';
import { Operator } from './scenario/Operator.js';
import { makeOrders } from './scenario/orders.js';
import { Producer } from './scenario/Producer.js';
import { catalogueAt, type FirstStage } from './scenario/pack.js';
import { makePlot } from './scenario/plot.js';
import { type Fleet, Storm } from './scenario/Storm.js';
import { Timekeeper } from './scenario/Timekeeper.js';
import { DoorSubscription } from './servers/DoorSubscription.js';
import type { StoredMessage } from './servers/SimulatedStream.js';
import { Tables } from './servers/Tables.js';
import { Versions } from './servers/Versions.js';
import { ALL_GUARDS, type Guards } from './world/Guards.js';
import { inVirtualTime } from './world/virtualTime.js';
import { PARTITIONS, World } from './world/World.js';

export interface SeedOutcome {
  seed: number;
  steps: number;
  /** The same for two runs that went the same way. */
  digest: number;
  /** What does not hold; empty where all does. */
  violations: string[];
  /** What happened last, where something does not hold. */
  trace: readonly string[];
}

const EVENTS_MIN = 30;
const EVENTS_MAX = 60;
/** In how many worlds teams achieve something from the start. */
const TEAMS_CHANCE = 0.7;
/** A world in which less than that happened shows nothing. */
const STEPS_MIN = 500;
/** Far beyond what a run takes: one that needs more will never come to rest. */
const STEPS_MAX = 60_000;

const silent = createLogger({ name: 'simulation', level: 'silent', pretty: 'off' });
const catalogues = { users: catalogueAt('users'), teams: catalogueAt('teams') };

/** One history in one storm, and then in calm until all is at rest; then everything is counted. */
export async function runSeed(seed: number, guards: Guards = ALL_GUARDS): Promise<SeedOutcome> {
  const world = new World(seed, guards);
  const stage = world.random.chance(TEAMS_CHANCE) ? 'teams' : 'users';
  world.database.make(new Tables(PARTITIONS, new Versions(catalogues[stage]), guards));
  const violations: string[] = [];
  try {
    const sent = await inVirtualTime(world.scheduler, () => weather(world));
    violations.push(...checkWorld({ world, ...sent, stage, rebuilt: await rebuild(world.nats.log.messages, stage) }));
  } catch (error) {
    violations.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const { steps, digest, trace } = world.scheduler;
  if (steps < STEPS_MIN) violations.push(`only ${steps} steps were taken of at least ${STEPS_MIN}`);
  return { seed, steps, digest, violations, trace: violations.length > 0 ? trace : [] };
}

async function weather(world: World): Promise<Pick<Finished, 'history' | 'answers'>> {
  const { random, scheduler } = world;
  const subscription = new DoorSubscription(world);
  const fleet = fleetOf(world, subscription);
  const { cast, fates } = makePlot(random);
  const history = makeHistory(random, { events: EVENTS_MIN + random.below(EVENTS_MAX - EVENTS_MIN), cast });
  const producer = new Producer(world, { history, doors: () => fleet.doors });
  const storm = new Storm(world, fleet);
  for (let i = 0; i < 2; i++) {
    fleet.addEvaluator();
    fleet.addDoor();
  }
  const eraser = new Eraser(world);
  const operator = new Operator(world, { orders: makeOrders(random, { history, fates }), erased: (erasure) => eraser.begin(erasure) });
  const timekeeper = new Timekeeper(world);
  operator.start();
  timekeeper.start();
  storm.start();
  producer.start();
  await scheduler.until(() => producer.isDone && operator.isDone && timekeeper.isDone, STEPS_MAX);
  storm.end();
  // Somebody has to be there to finish.
  fleet.addEvaluator();
  fleet.addDoor();
  await scheduler.until(() => subscription.isDone && eraser.isDone && isEvaluated(world), STEPS_MAX);
  return { history, answers: producer.answers };
}

function fleetOf(world: World, subscription: DoorSubscription): Fleet {
  let names = 0;
  const fleet: Fleet = {
    evaluators: [],
    doors: [],
    addEvaluator: () => {
      const evaluator = new SimulatedEvaluator(world, { name: `evaluator ${++names}`, log: silent });
      fleet.evaluators.push(evaluator);
      evaluator.start();
    },
    addDoor: () => {
      fleet.doors.push(new SimulatedDoor(world, { name: `door ${++names}`, subscription, log: silent }));
    },
  };
  return fleet;
}

/** What one evaluator makes of the log alone, with nothing that goes wrong. */
async function rebuild(log: readonly StoredMessage[], stage: FirstStage): Promise<Tables> {
  const world = new World(1, ALL_GUARDS);
  world.database.make(new Tables(PARTITIONS, new Versions(catalogues[stage]), ALL_GUARDS));
  for (const { subject, data } of log) world.nats.log.publish({ subject, data, messageId: null });
  await inVirtualTime(world.scheduler, async () => {
    new SimulatedEvaluator(world, { name: 'rebuilder', log: silent }).start();
    await world.scheduler.until(() => isEvaluated(world), STEPS_MAX);
  });
  return world.database.tables;
}
