import type { DoorMessage } from '@cairn/ingest/parts';
import { headers } from '@nats-io/transport-node';
import type { Actor } from '../world/Actor.js';
import type { World } from '../world/World.js';
import type { StoredMessage } from './SimulatedStream.js';

/** As the durable consumer of the NATS door has it. */
const ACK_WAIT_MS = 30_000;

interface Listener {
  actor: Actor;
  take(message: DoorMessage): void;
}

/** The consumer of EVENTS that all doors share: each message goes to one of them, and again until it is acknowledged. */
export class DoorSubscription {
  readonly #world: World;
  readonly #listeners: Listener[] = [];
  readonly #done = new Set<number>();
  #sent = 0;

  constructor(world: World) {
    this.#world = world;
    world.nats.events.onMore(() => this.#deliverNew());
  }

  /** Whether every message was taken to its end. */
  get isDone(): boolean {
    return this.#done.size === this.#world.nats.events.lastSequence;
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
    this.#deliverNew();
  }

  #deliverNew(): void {
    const { messages } = this.#world.nats.events;
    if (!this.#listeners.some(({ actor }) => actor.isAlive)) return;
    for (const message of messages.slice(this.#sent)) this.#deliver(message, 1);
    this.#sent = messages.length;
  }

  #deliver(message: StoredMessage, deliveryCount: number): void {
    const { scheduler, nats } = this.#world;
    const alive = this.#listeners.filter(({ actor }) => actor.isAlive);
    const again = (ms: number) =>
      scheduler.alarm(nats.actor, { ms, what: `message ${message.sequence} comes again` }, () => {
        if (!this.#done.has(message.sequence)) this.#deliver(message, deliveryCount + 1);
      });
    if (alive.length === 0) {
      again(ACK_WAIT_MS);
      return;
    }
    const { actor, take } = scheduler.random.pick(alive);
    let redelivery = again(ACK_WAIT_MS);
    const settle = (what: string, run: () => void): void => {
      // An acknowledgement is not acknowledged: it may be lost.
      if (scheduler.random.chance(this.#world.weather.nats.lostRequest)) return;
      scheduler.post(nats.actor, what, run);
    };
    scheduler.post(actor, `gets message ${message.sequence}`, () =>
      take({
        subject: message.subject,
        data: message.data,
        seq: message.sequence,
        headers: headersOf(message),
        info: { stream: 'EVENTS', timestampNanos: message.storedAt * 1_000_000, deliveryCount },
        ack: () =>
          settle(`message ${message.sequence} is done`, () => {
            this.#done.add(message.sequence);
            redelivery.cancel();
          }),
        nak: (delayMs = 0) =>
          settle(`message ${message.sequence} is given back`, () => {
            redelivery.cancel();
            redelivery = again(delayMs);
          }),
      }),
    );
  }
}

function headersOf(message: StoredMessage): DoorMessage['headers'] {
  if (message.headers.size === 0) return undefined;
  const all = headers();
  for (const [name, value] of message.headers) all.set(name, value);
  return all;
}
