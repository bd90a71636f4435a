import { CliError } from '../errors.js';
import type { FileEvent, Place } from './jsonlItems.js';

/** Events of a file whose lines do not stand in order of time. Each takes 24 bytes while it is sorted: at most 50 MB. */
const UNSORTED_EVENTS_MAX = 2_000_000;
const EVENTS_FIRST = 4096;

/**
 * Learns in which order the events of a file have to go out. A file in order of time is read from front to back,
 * however long it is; of any other, the places of the events are sorted.
 */
export class LineOrder {
  #times = new Float64Array(EVENTS_FIRST);
  #starts = new Float64Array(EVENTS_FIRST);
  #lengths = new Uint32Array(EVENTS_FIRST);
  #lines = new Uint32Array(EVENTS_FIRST);
  #count = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #inOrder = true;
  readonly #eventsMax: number;

  constructor(eventsMax: number = UNSORTED_EVENTS_MAX) {
    this.#eventsMax = eventsMax;
  }

  get count(): number {
    return this.#count;
  }

  /** Whether the file can be read from front to back. */
  get inOrder(): boolean {
    return this.#inOrder;
  }

  /** @throws CliError unsorted_too_large */
  add(event: FileEvent): void {
    if (event.occurredAt < this.#newest) this.#inOrder = false;
    this.#newest = Math.max(this.#newest, event.occurredAt);
    if (this.#count < this.#eventsMax) this.#place(event);
    else if (!this.#inOrder) {
      throw new CliError(
        'unsorted_too_large',
        `the events do not stand in order of occurred_at (line ${event.line} is the first after ${this.#eventsMax} events), and there are more than can be sorted here. ` +
          'Sort the file first, or split it by time and import the parts from the oldest to the newest',
      );
    }
    this.#count++;
  }

  /** Places in order of time; those of the same instant as they stand in the file. */
  *places(): Generator<Place, void, undefined> {
    const order = new Uint32Array(Math.min(this.#count, this.#eventsMax));
    for (let index = 0; index < order.length; index++) order[index] = index;
    const times = this.#times;
    order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
    for (const index of order) {
      const start = this.#starts[index] ?? 0;
      yield { start, end: start + (this.#lengths[index] ?? 0), line: this.#lines[index] ?? 0 };
    }
  }

  #place(event: FileEvent): void {
    if (this.#count === this.#times.length) {
      this.#times = grown(this.#times, Float64Array);
      this.#starts = grown(this.#starts, Float64Array);
      this.#lengths = grown(this.#lengths, Uint32Array);
      this.#lines = grown(this.#lines, Uint32Array);
    }
    this.#times[this.#count] = event.occurredAt;
    this.#starts[this.#count] = event.start;
    this.#lengths[this.#count] = event.end - event.start;
    this.#lines[this.#count] = event.line;
  }
}

function grown<T extends Float64Array | Uint32Array>(values: T, type: new (length: number) => T): T {
  const longer = new type(values.length * 2);
  longer.set(values);
  return longer;
}
