import { BURST_EVENTS_MAX, BURST_MS_MAX } from './limits.js';

/**
 * The newest events that an achievement counted of a user, as far back as they have one type and lie within a minute of one
 * another, whatever their order. Bound: 20 instants.
 */
export class Burst {
  #type = '';
  readonly #instants: number[] = [];

  add(type: string, at: number): void {
    if (type !== this.#type) this.#instants.length = 0;
    this.#type = type;
    // What came before one that lies too far away can be in no burst with this one: bursts are of successive events.
    const apart = this.#instants.findLastIndex((other) => Math.abs(other - at) > BURST_MS_MAX);
    this.#instants.splice(0, apart + 1);
    if (this.#instants.push(at) > BURST_EVENTS_MAX) this.#instants.shift();
  }

  /** Whether the last so many events that counted are a burst. */
  covers(events: number): boolean {
    return this.#instants.length >= events;
  }
}
