import type { Rule } from '../catalogue/rule.js';
import type { CriterionState } from '../criteria/criterionState.js';
import { isRolling } from '../criteria/rollingState.js';
import { valueKey } from '../criteria/valueKey.js';
import type { EngineEvent } from '../engineEvent.js';
import type { Scalar } from '../expressions/expression.js';
import { formatInstant } from '../expressions/formatInstant.js';
import type { CountedEvent } from './explanation.js';
import { type Contribution, refuse, type Verdict } from './judgeEvent.js';
import { rollingMinutes } from './rollingMinutes.js';

/** The events that counted in one calendar window, or in the lifetime. */
export class Tally {
  /** In the order of the log. */
  readonly events: CountedEvent[] = [];
  readonly #counts: CriterionState | null;
  readonly #seen = new Set<string>();
  readonly #repeats: boolean;

  constructor(rule: Rule) {
    const { type } = rule.definition.criteria;
    this.#counts = rule.emptyCounts();
    this.#repeats = (type !== 'distinct' && type !== 'checklist') || rollingMinutes(rule) !== null;
  }

  /** The value; for a rolling window that of the best one that the instant lies in. */
  valueAt(instant: number): number {
    const counts = this.#counts;
    return (counts !== null && isRolling(counts) ? counts.measureAround(instant) : counts?.measure()) ?? 0;
  }

  /** Counts an event, unless it brings nothing: a value or step that came before counts once. */
  take(event: EngineEvent, brought: { counted: true } & Contribution): Verdict {
    const { steps, value, shown } = brought;
    const counts = this.#counts;
    if (counts !== null && isRolling(counts) && event.occurredAt < counts.forgetsBefore)
      return refuse(
        'too_late',
        `It lies before ${formatInstant(counts.forgetsBefore)}, and what is so far back was let go of when it came.`,
      );
    for (const step of steps) counts?.add({ ...brought, event, step });
    if (!this.#isNew(steps, value)) return refuse('adds_nothing', `${JSON.stringify(shown)} was counted before.`);
    this.events.push({ eventId: event.eventId, occurredAt: event.occurredAt, contribution: shown });
    return brought;
  }

  #isNew(steps: readonly string[], value: Scalar | null): boolean {
    if (this.#repeats) return true;
    const before = this.#seen.size;
    for (const key of value === null ? steps : [valueKey(value)]) this.#seen.add(key);
    return this.#seen.size > before;
  }
}
