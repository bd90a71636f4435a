import { DEAD_LETTER_STREAM, EVENTS_STREAM, LOG_STREAM } from '@cairn/contracts';
import type { JetStreamClient } from '@nats-io/jetstream';
import { type Actor, anActor } from '../world/Actor.js';
import type { Surroundings } from '../world/Surroundings.js';
import { SimulatedStream } from './SimulatedStream.js';

/** A publisher as the services know it, of one process. */
export type Publisher = Pick<JetStreamClient, 'publish'>;

const PUBLISH_TIMEOUT_MS = 5_000;

/** nats-server with the three streams. It never dies here: what is synced survives, and what was not acknowledged counts as lost. */
export class SimulatedNats {
  readonly actor = anActor('nats');
  readonly events: SimulatedStream;
  readonly log: SimulatedStream;
  readonly deadLetters: SimulatedStream;
  readonly #world: Surroundings;

  constructor(world: Surroundings) {
    this.#world = world;
    this.events = new SimulatedStream(EVENTS_STREAM, world);
    this.log = new SimulatedStream(LOG_STREAM, world);
    this.deadLetters = new SimulatedStream(DEAD_LETTER_STREAM, world);
  }

  publisher(from: Actor): Publisher {
    return {
      publish: (subject, data = new Uint8Array(), options = {}) => {
        const stream = this.#streamOf(subject);
        const { msgID = null, timeout = PUBLISH_TIMEOUT_MS } = options;
        return this.#world.network.call({
          from,
          to: this.actor,
          what: `publish to ${stream.name}`,
          faults: this.#world.weather.nats,
          lost: { error: () => new Error('timeout'), afterMs: timeout },
          refusal: () => new Error('no responders'),
          effect: () => {
            const bytes = typeof data === 'string' ? Buffer.from(data) : data;
            const names = options.headers?.keys() ?? [];
            const headers = new Map(names.map((name) => [name, options.headers?.get(name) ?? '']));
            const { sequence, isDuplicate } = stream.publish({ subject, data: bytes, messageId: msgID, headers });
            return { stream: stream.name, seq: sequence, duplicate: isDuplicate };
          },
        });
      },
    };
  }

  #streamOf(subject: string): SimulatedStream {
    const stream = [
      { prefix: 'log.', stream: this.log },
      { prefix: 'dlq.', stream: this.deadLetters },
      { prefix: 'events.', stream: this.events },
    ].find(({ prefix }) => subject.startsWith(prefix));
    if (stream === undefined) throw new Error(`no stream takes ${subject}`);
    return stream.stream;
  }
}
