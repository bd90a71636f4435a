import { Catalogue } from '../catalogue/catalogue.js';
import type { Rule } from '../catalogue/rule.js';
import { isBelowTier } from '../eligibility.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { toInstant } from '../instant.js';
import type { UserState } from '../state/userState.js';
import { zoneOrUtc } from '../zones/zones.js';
import { completedAfter, isBehind } from './completion.js';
import { type Assumed, EVENTS_LISTED_MAX, type Explanation, type NotCountedEvent } from './explanation.js';
import { judgeEvent, type Refusal, type Verdict } from './judgeEvent.js';
import { personBefore } from './personBefore.js';
import type { Standing } from './recordedUnlock.js';
import { Tally } from './tally.js';

/** What a replay is of. */
export interface ReplayScope {
  catalogue: Catalogue;
  rule: Rule;
  standing: Standing;
  history: readonly EngineEvent[];
  /** Older events are not in the history. */
  isPartial: boolean;
  /** The event whose outcome is asked for. */
  eventId: string | null;
}

/** What the replay found out about the event that was asked for. */
export interface Found {
  event: EngineEvent;
  verdict: Verdict;
  /** The value of its window before and after it, as far as the history goes. */
  before: number;
  after: number;
  isBelowTier: boolean;
}

/** Judges each event of a history as it was judged when it came, by the newest version. */
export class Replay {
  readonly #scope: ReplayScope;
  /** Publishes nothing: folding by it applies zone, tier and consent alone. */
  readonly #nothing: Catalogue;
  readonly #person: UserState;
  /** What unlocked something, and the window that it counted in; undefined for what is no event of the history. */
  readonly #causes: Map<string, number | null | undefined>;
  readonly tallies = new Map<number | null, Tally>();
  readonly notCounted: NotCountedEvent[] = [];
  readonly totals: Explanation['notCountedTotals'] = {};
  /** What is not known of the time before the history. */
  readonly assumed: readonly Assumed[];
  found: Found | null = null;

  constructor(scope: ReplayScope) {
    const { catalogue, standing, history, isPartial } = scope;
    this.#scope = scope;
    this.#nothing = Catalogue.empty().configure(catalogue.settings);
    const { person, assumed } = personBefore(history, isPartial ? standing.state : null);
    this.#person = person;
    this.assumed = assumed;
    this.#causes = new Map(standing.unlocks.map(({ causedBy }) => [causedBy, undefined]));
  }

  run(): this {
    const { rule, standing, history } = this.#scope;
    const completed = completedAfter(rule, standing.unlocks, history);
    for (const event of history) this.#take(event, { isComplete: completed !== null && isBehind(event, completed) });
    return this;
  }

  /** The event that caused the last unlock of those that the history holds; null for none. */
  get unlockingEvent(): string | null {
    return this.#scope.standing.unlocks.findLast(({ causedBy }) => this.#causes.get(causedBy) !== undefined)?.causedBy ?? null;
  }

  /** The calendar window that it counted in. */
  get unlockedWindow(): number | null {
    return this.unlockingEvent === null ? null : (this.#causes.get(this.unlockingEvent) ?? null);
  }

  #take(event: EngineEvent, { isComplete }: { isComplete: boolean }): void {
    const { rule, catalogue, eventId } = this.#scope;
    // Zone, tier and consent act before the event counts.
    fold(this.#nothing, this.#person, event);
    const day = zoneOrUtc(this.#person.zone ?? catalogue.settings.timezone).dayOf(toInstant(event.occurredAt));
    let verdict = judgeEvent(rule, event, { isComplete, person: this.#person, day });
    const tally = verdict.counted ? this.#tallyOf(verdict.window) : null;
    const before = eventId === event.eventId ? (tally?.valueAt(event.occurredAt) ?? 0) : 0;
    if (verdict.counted && tally !== null) {
      verdict = tally.take(event, verdict);
      if (verdict.counted && this.#causes.has(event.eventId)) this.#causes.set(event.eventId, verdict.window);
    }
    if (!verdict.counted) this.#refuse(event, verdict);
    if (eventId === event.eventId)
      this.found = {
        event,
        verdict,
        before,
        after: tally?.valueAt(event.occurredAt) ?? 0,
        isBelowTier: isBelowTier(rule, this.#person, catalogue),
      };
  }

  #refuse(event: EngineEvent, { reason, detail }: Refusal): void {
    this.totals[reason] = (this.totals[reason] ?? 0) + 1;
    if (reason === 'other_type') return;
    this.notCounted.push({ eventId: event.eventId, occurredAt: event.occurredAt, reason, detail });
    if (this.notCounted.length > EVENTS_LISTED_MAX) this.notCounted.shift();
  }

  #tallyOf(window: number | null): Tally {
    let tally = this.tallies.get(window);
    if (tally === undefined) this.tallies.set(window, (tally = new Tally(this.#scope.rule)));
    return tally;
  }
}
