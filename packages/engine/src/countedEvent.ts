import type { Match } from './criteria/criterionState.js';
import type { EngineEvent } from './engineEvent.js';
import { EventContext } from './expressions/eventContext.js';
import type { Found } from './state/userState.js';

/** The event that is being counted, as rules and their expressions see it. One serves for an event after the other. */
export class CountedEvent {
  readonly match: Match;
  readonly context = new EventContext();

  constructor(
    event: EngineEvent,
    /** What the user has of those that listen to it. */
    public found: Found,
  ) {
    this.match = { event, day: 0, value: null, step: '', success: false };
  }

  /** `day`: the calendar day where the user is. */
  begin(event: EngineEvent, day: number, found: Found): void {
    this.found = found;
    this.match.event = event;
    this.match.day = day;
    this.context.of(event);
  }
}
