import { admitEvent, type CairnError, isCairnError } from '@cairn/contracts';
import {
  Admitter,
  DeadLetters,
  IdentityLookup,
  JetStreamLog,
  KnownAliases,
  LogWriter,
  NatsDoor,
  type Outcome,
  RecentIdentities,
} from '@cairn/ingest/parts';
import type { Logger } from '@cairn/runtime';
import type { DoorSubscription } from '../servers/DoorSubscription.js';
import { type Actor, anActor } from '../world/Actor.js';
import { PARTITIONS, type World } from '../world/World.js';

const LIMITS = { eventsMax: 20, bytesMax: 100_000, gatherMsMax: 1, publishesInFlightMax: 4, publishMsMax: 2_000, waitingEventsMax: 1_000 };
const RECENT_IDENTITIES_MAX = 40;
const LOOKUP_EVENTS_MAX = 10;
const MESSAGE_BYTES_MAX = 1_000_000;

const ALIASES = { aliasesMax: 100, lookMs: 2_000 };

/** An answer over HTTP, as far as it matters: what became of the event, or that nobody knows. */
export type Answer = Outcome | { status: 'rejected'; error: CairnError } | { status: 'unavailable' };

/** One process of doors: the real ones, over simulated servers. */
export class SimulatedDoor {
  readonly actor: Actor;
  readonly #admitter: Admitter;
  readonly #world: World;

  constructor(world: World, of: { name: string; subscription: DoorSubscription; log: Logger }) {
    this.#world = world;
    this.actor = anActor(of.name);
    const jetStream = world.nats.publisher(this.actor);
    const aliases = new KnownAliases({ ...ALIASES, store: world.database.aliases(this.actor), onError: () => undefined });
    // In a step of its own, so that its timers are its own.
    world.scheduler.post(this.actor, 'asks who was merged', () => void aliases.start());
    this.#admitter = new Admitter({
      aliases,
      lookup: new IdentityLookup(world.database.identities(this.actor), { eventsMax: LOOKUP_EVENTS_MAX }),
      recent: new RecentIdentities(RECENT_IDENTITIES_MAX),
      log: new LogWriter({
        ...LIMITS,
        partitions: PARTITIONS,
        log: new JetStreamLog({
          jetStream,
          log: of.log,
          publishMsMax: LIMITS.publishMsMax,
          onPublished: () => undefined,
          onFailed: () => undefined,
        }),
      }),
      waitingEventsMax: LIMITS.waitingEventsMax,
    });
    const door = new NatsDoor({
      admitter: this.#admitter,
      deadLetters: new DeadLetters(jetStream, () => MESSAGE_BYTES_MAX),
      clock: { now: () => Date.now() },
      log: of.log,
      metrics: { count: () => undefined, observePublish: () => undefined },
      tenants: '*',
    });
    of.subscription.listen({ actor: this.actor, take: (message) => door.take(message) });
  }

  /** One event over HTTP. The answer never comes where the process dies meanwhile. */
  async submit(input: unknown): Promise<Answer> {
    try {
      const event = admitEvent(input, { tenantId: 'default', mayWriteTo: () => true, receivedAt: Date.now() });
      if (!this.#world.guards.payloadHash) event.identity.payloadHash.fill(0);
      const [outcome] = await this.#admitter.admit([event]);
      if (outcome === undefined) throw new Error('the admitter gave no outcome for an event');
      return outcome;
    } catch (error) {
      if (!isCairnError(error)) throw error;
      return error.code === 'unavailable' || error.code === 'overloaded' ? { status: 'unavailable' } : { status: 'rejected', error };
    }
  }
}
