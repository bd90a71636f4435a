import { type Admission, admitEvent, CairnError, type CairnEvent, isCairnError } from '@cairn/contracts';
import type { Outcome } from '../identity/judge.js';
import { answerInBatch, answerRejected, type ResultAnswer } from './answers.js';
import type { Submission } from './readSubmission.js';

/** An array of events once the door has looked at them. Nothing of what came in is held while they are written. */
export class BatchRequest {
  /** Those that are well-formed, in their order. */
  readonly events: CairnEvent[] = [];
  /** The answers to the others, by the place that they have in the array. */
  readonly #rejected = new Map<number, ResultAnswer>();
  readonly #size: number;

  constructor(submission: Submission, admission: Admission) {
    this.#size = submission.inputs.length;
    for (const [index, input] of submission.inputs.entries()) {
      const event = admit(submission, input, admission);
      if (event instanceof CairnError) this.#rejected.set(index, answerRejected(index, eventIdOf(input), event));
      else this.events.push(event);
    }
  }

  /** One answer for each event of the array. @param outcomes one for each that is well-formed */
  answer(outcomes: readonly Outcome[]): ResultAnswer[] {
    const answers: ResultAnswer[] = [];
    let next = 0;
    for (let index = 0; index < this.#size; index++) {
      const rejected = this.#rejected.get(index);
      if (rejected !== undefined) {
        answers.push(rejected);
        continue;
      }
      const [event, outcome] = [this.events[next], outcomes[next]];
      if (event === undefined || outcome === undefined) throw new Error('the admitter gave fewer outcomes than events');
      answers.push(answerInBatch(index, event.eventId, outcome));
      next++;
    }
    return answers;
  }
}

function admit(submission: Submission, input: unknown, admission: Admission): CairnEvent | CairnError {
  try {
    return admitEvent(submission.toEvent(input), admission);
  } catch (error) {
    if (isCairnError(error)) return error;
    throw error;
  }
}

/** What a rejected event calls itself, for who looks for it. */
function eventIdOf(input: unknown): string | null {
  if (input === null || typeof input !== 'object') return null;
  const { event_id: eventId, id } = input as { event_id?: unknown; id?: unknown };
  if (typeof eventId === 'string') return eventId;
  return typeof id === 'string' ? id : null;
}
