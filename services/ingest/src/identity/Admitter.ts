import { CairnError, type CairnEvent } from '@cairn/contracts';
import type { BackfillGate } from '../backfill/BackfillGate.js';
import { RETRY_AFTER_SECONDS } from '../limits.js';
import type { WaitingEvent } from '../log/EntryGroup.js';
import { ByTenant } from './ByTenant.js';
import { type Candidate, toCandidate } from './Candidate.js';
import { Decision, type DecisionOwner, type DecisionRequest } from './Decision.js';
import type { Asking } from './IdentityLookup.js';
import { judge, type Outcome } from './judge.js';
import type { KnownAliases } from './KnownAliases.js';
import type { KnownEvent } from './KnownEvent.js';
import { OutcomesRequest } from './OutcomesRequest.js';
import type { RecentIdentities } from './RecentIdentities.js';

export interface AdmitterOptions {
  lookup: {
    /** Tells who asks which known events share an identity with the event. */
    find(asking: Asking): void;
  };
  recent: RecentIdentities;
  log: {
    /** Tells who waits the sequence of the entry once it is durable. */
    append(waiting: WaitingEvent): void;
  };
  /** Who is known to be called by another name now. */
  aliases?: Pick<KnownAliases, 'own'>;
  waitingEventsMax: number;
  /** Holds backfilled events back; without it they are let in as all others are. */
  backfill?: Pick<BackfillGate, 'enter' | 'written' | 'leave'>;
}

/**
 * Decides about each event, once for all doors of the process: accepted and in the log, a duplicate, or a conflict.
 * Events that share an identity go through one after the other; all others side by side.
 */
export class Admitter {
  readonly #options: AdmitterOptions;
  /** Each identity that is being decided about, and by what. */
  readonly #undecided = new ByTenant<Decision>();
  readonly #owner: DecisionOwner = {
    found: (decision, known) => this.#goOn(decision, known),
    written: (decision, sequence) => this.#accept(decision, sequence),
    failed: (decision, error) => this.#fail(decision, error),
  };
  #waiting = 0;
  readonly #onIdle: (() => void)[] = [];

  constructor(options: AdmitterOptions) {
    this.#options = options;
  }

  /** Events between the door and their outcome. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * One outcome for each event, in the same order. It rejects with a CairnError (`unavailable`) where it is not known of any of
   * them whether it is in the log: then the same events are to be sent again.
   * @throws CairnError `overloaded` where too many events wait already, `backfill_waits` where too many backfilled ones do; none of
   * these was taken then.
   */
  async admit(events: readonly CairnEvent[]): Promise<Outcome[]> {
    if (events.length === 0) return [];
    this.#reserve({ events: events.length, backfilled: events.reduce((count, { backfill }) => (backfill ? count + 1 : count), 0) });
    return new Promise((resolve, reject) => {
      const request = new OutcomesRequest(events.length, resolve, reject);
      for (const [index, event] of events.entries()) {
        this.#decide(new Decision(this.#toCandidate(event), { owner: this.#owner, request, index }));
      }
    });
  }

  /**
   * One event, whose outcome is told as soon as it is there, at once even; a failure has the meaning that it has for `admit`.
   * @throws CairnError `overloaded` and `backfill_waits`, as `admit` does
   */
  take(event: CairnEvent, request: DecisionRequest): void {
    const candidate = this.#toCandidate(event);
    this.#reserve({ events: 1, backfilled: event.backfill ? 1 : 0 });
    this.#decide(new Decision(candidate, { owner: this.#owner, request, index: 0 }));
  }

  /** Resolves when no event waits any more. */
  idle(): Promise<void> {
    return this.#waiting === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve));
  }

  #toCandidate(event: CairnEvent): Candidate {
    return toCandidate(this.#options.aliases?.own(event) ?? event);
  }

  #reserve({ events, backfilled }: { events: number; backfilled: number }): void {
    const { waitingEventsMax, backfill } = this.#options;
    if (this.#waiting > 0 && this.#waiting + events > waitingEventsMax) {
      throw new CairnError('overloaded', `${this.#waiting} events are waiting to be written already: try again`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    if (backfilled > 0) backfill?.enter(backfilled);
    this.#waiting += events;
  }

  #release({ event }: Decision): void {
    if (event.backfill) this.#options.backfill?.leave();
    this.#waiting--;
    if (this.#waiting === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #decide(decision: Decision): void {
    const { candidate } = decision;
    const before = this.#undecidedOf(candidate);
    if (before !== undefined) {
      before.followers ??= [];
      before.followers.push(decision);
      return;
    }
    decision.remembered = this.#remembered(candidate);
    const certain = judgeByMemory(candidate, decision.remembered);
    if (certain !== null) {
      decision.settle(certain);
      this.#release(decision);
      return;
    }
    for (const key of candidate.keys) this.#undecided.set(candidate.event.tenantId, key, decision);
    this.#options.lookup.find(decision);
  }

  #undecidedOf({ event, keys }: Candidate): Decision | undefined {
    for (const key of keys) {
      const decision = this.#undecided.get(event.tenantId, key);
      if (decision !== undefined) return decision;
    }
    return undefined;
  }

  #remembered({ event, keys }: Candidate): readonly KnownEvent[] {
    let remembered: KnownEvent[] | undefined;
    for (const key of keys) {
      const known = this.#options.recent.find(event.tenantId, key);
      if (known !== undefined) (remembered ??= []).push(known);
    }
    return remembered ?? NONE;
  }

  #goOn(decision: Decision, stored: readonly KnownEvent[]): void {
    const { candidate, remembered } = decision;
    const { recent, log } = this.#options;
    for (const known of stored) recent.remember(candidate.event.tenantId, known);
    // What is in the log but not evaluated yet is in memory only.
    const outcome = judge(candidate, remembered.length === 0 ? stored : [...stored, ...remembered]);
    if (outcome === null) log.append(decision);
    else this.#end(decision, outcome);
  }

  #accept(decision: Decision, sequence: number): void {
    const { candidate } = decision;
    const { event, keys } = candidate;
    const { recent, backfill } = this.#options;
    if (event.backfill) backfill?.written(event, sequence);
    recent.remember(event.tenantId, toKnown(candidate, sequence), keys);
    this.#end(decision, { status: 'accepted', eventId: event.eventId, sequence });
  }

  #end(decision: Decision, outcome: Outcome): void {
    this.#forget(decision);
    decision.settle(outcome);
    this.#release(decision);
    for (const follower of decision.followers ?? NONE) this.#decide(follower);
  }

  /** Who waited for an event that failed gets its failure: to go on alone could put both into the log. */
  #fail(decision: Decision, error: unknown): void {
    this.#forget(decision);
    for (const failed of [decision, ...(decision.followers ?? NONE)]) {
      failed.giveUp(error);
      this.#release(failed);
    }
  }

  #forget({ candidate }: Decision): void {
    for (const key of candidate.keys) this.#undecided.delete(candidate.event.tenantId, key);
  }
}

const NONE: readonly never[] = [];

/** Null where memory alone cannot tell: a name that it does not hold may still be taken, with another content. */
function judgeByMemory(candidate: Candidate, remembered: readonly KnownEvent[]): Outcome | null {
  const outcome = judge(candidate, remembered);
  if (outcome === null || outcome.status === 'conflict') return outcome;
  const namesAreKnown =
    remembered.some((other) => other.eventIdHash === candidate.eventIdHash) &&
    (candidate.keyHash === null || remembered.some((other) => other.keyHash === candidate.keyHash));
  return namesAreKnown ? outcome : null;
}

function toKnown({ event, eventIdHash, keyHash, fingerprint, payloadHash }: Candidate, sequence: number): KnownEvent {
  return { eventId: event.eventId, sequence, eventIdHash, keyHash, fingerprint, payloadHash };
}
