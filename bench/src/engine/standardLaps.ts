import { STANDARD_DAYS, StandardEvents, type UserEvent } from './standardEvents.js';

const DAY_MS = 86_400_000;

/**
 * The standard events as a few that come again and again, each lap later than the one before: made once, before anything is
 * measured, and few enough that what is measured is not how fast they are read. All laps together take as long as all events do.
 */
export class StandardLaps {
  readonly events: readonly UserEvent[];
  readonly #firstTimes: readonly number[];
  readonly #lapMs: number;

  constructor({ events, laps, users }: { events: number; laps: number; users: number }) {
    this.#lapMs = Math.floor((STANDARD_DAYS * DAY_MS) / laps);
    const source = new StandardEvents(events, users, { days: STANDARD_DAYS / laps });
    this.events = source.next(events);
    this.#firstTimes = this.events.map(({ event }) => event.occurredAt);
  }

  /** Takes all events to the time and the place in the log that they have in a lap. */
  begin(lap: number): void {
    for (const [i, { event }] of this.events.entries()) {
      event.occurredAt = (this.#firstTimes[i] ?? 0) + lap * this.#lapMs;
      event.receivedAt = event.occurredAt;
      event.sequence = lap * this.events.length + i + 1;
    }
  }
}
