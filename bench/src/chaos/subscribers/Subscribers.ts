import type { NatsConnection } from '@nats-io/transport-node';
import { TENANTS } from '../plan/EventPlan.js';
import type { ChaosWorld } from '../world/ChaosWorld.js';
import type { Received } from './Received.js';
import { subscribeNats } from './subscribeNats.js';
import { subscribeSse } from './subscribeSse.js';

/** Those who are told: one over NATS, and for each tenant one over server-sent events. */
export class Subscribers {
  readonly overNats: Received;
  readonly overSse: readonly Received[];
  readonly #stop = new AbortController();
  readonly #ended: readonly Promise<void>[];

  constructor(world: ChaosWorld, nats: NatsConnection) {
    const stop = this.#stop.signal;
    const sse = TENANTS.map((tenant) => subscribeSse({ world, tenant, stop }));
    const overNats = subscribeNats(nats, stop);
    this.overNats = overNats.received;
    this.overSse = sse.map(({ received }) => received);
    this.#ended = [overNats, ...sse].map(({ ended }) => ended);
  }

  /** How many different unlocks have arrived at both. */
  get arrived(): number {
    return Math.min(
      this.overNats.unlocks.size,
      this.overSse.reduce((sum, { unlocks }) => sum + unlocks.size, 0),
    );
  }

  get revocationsArrived(): number {
    return Math.min(
      this.overNats.revocations.size,
      this.overSse.reduce((sum, { revocations }) => sum + revocations.size, 0),
    );
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#ended);
  }
}
