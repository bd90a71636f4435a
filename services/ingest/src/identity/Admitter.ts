import { CairnError, type CairnEvent } from '@cairn/contracts';
import { RETRY_AFTER_SECONDS } from '../limits.js';
import { type Candidate, toCandidate } from './Candidate.js';
import type { IdentityLookup } from './IdentityLookup.js';
import { judge, type Outcome } from './judge.js';
import type { KnownEvent } from './KnownEvent.js';
import type { RecentIdentities } from './RecentIdentities.js';

export interface AdmitterOptions {
  lookup: IdentityLookup;
  recent: RecentIdentities;
  log: {
    /** Resolves with the sequence of the entry once it is durable. */
    append(event: CairnEvent): Promise<number>;
  };
  waitingEventsMax: number;
}

/**
 * Decides about each event, once for all doors of the process: accepted and in the log, a duplicate, or a conflict.
 * Events that share an identity go through one after the other; all others side by side.
 */
export class Admitter {
  readonly #options: AdmitterOptions;
  /** Each identity that is being decided about, and the end of it. */
  readonly #undecided = new Map<string, Promise<Outcome>>();
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
   * One outcome for each event, in the same order. An outcome rejects with a CairnError (`unavailable`) where it is not known
   * whether the event is in the log: then the same event is to be sent again.
   * @throws CairnError `overloaded` where too many events wait already; none of these was taken then.
   */
  admit(events: readonly CairnEvent[]): Promise<Outcome>[] {
    this.#reserve(events.length);
    return events.map((event) => this.#admitOne(event));
  }

  /** Resolves when no event waits any more. */
  idle(): Promise<void> {
    return this.#waiting === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve));
  }

  #reserve(events: number): void {
    const { waitingEventsMax } = this.#options;
    if (this.#waiting > 0 && this.#waiting + events > waitingEventsMax) {
      throw new CairnError('overloaded', `${this.#waiting} events are waiting to be written already: try again`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    this.#waiting += events;
  }

  async #admitOne(event: CairnEvent): Promise<Outcome> {
    try {
      return await this.#decide(toCandidate(event));
    } finally {
      this.#waiting--;
      if (this.#waiting === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  #decide(candidate: Candidate): Promise<Outcome> {
    const before = this.#undecidedOf(candidate);
    // Who waited for an event that failed gets its failure: to go on alone could put both into the log.
    if (before !== undefined) return before.then(() => this.#decide(candidate));
    const remembered = candidate.keys.flatMap((key) => this.#options.recent.find(key) ?? []);
    const certain = judgeByMemory(candidate, remembered);
    if (certain !== null) return Promise.resolve(certain);

    const outcome = this.#lookUpAndAppend(candidate, remembered).finally(() => {
      for (const key of candidate.keys) this.#undecided.delete(key);
    });
    for (const key of candidate.keys) this.#undecided.set(key, outcome);
    return outcome;
  }

  #undecidedOf({ keys }: Candidate): Promise<Outcome> | undefined {
    for (const key of keys) {
      const outcome = this.#undecided.get(key);
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  }

  async #lookUpAndAppend(candidate: Candidate, remembered: readonly KnownEvent[]): Promise<Outcome> {
    const { lookup, recent, log } = this.#options;
    const { event } = candidate;
    const stored = await lookup.find(candidate);
    for (const known of stored) recent.remember(event.tenantId, known);
    // What is in the log but not evaluated yet is in memory only.
    const outcome = judge(candidate, [...stored, ...remembered]);
    if (outcome !== null) return outcome;
    const sequence = await log.append(event);
    recent.remember(event.tenantId, toKnown(candidate, sequence));
    return { status: 'accepted', eventId: event.eventId, sequence };
  }
}

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
