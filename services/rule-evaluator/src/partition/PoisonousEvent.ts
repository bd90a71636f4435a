import type { Place } from './BatchBuilder.js';
import type { FoldTraces } from './FoldedBatch.js';

/** The engine could not fold an event: the batch is folded again without it. */
export class PoisonousEvent extends Error {
  readonly code = 'poisonous_event';

  constructor(
    readonly place: Place,
    readonly traces: FoldTraces,
    options: ErrorOptions,
  ) {
    super(`event ${place.index} of entry ${place.sequence} cannot be folded`, options);
    this.name = 'PoisonousEvent';
  }
}
