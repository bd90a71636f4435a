import type { CairnEvent } from '@cairn/contracts';
import type { WaitingEvent } from '../log/EntryGroup.js';
import type { Candidate } from './Candidate.js';
import type { Asking } from './IdentityLookup.js';
import type { Outcome } from './judge.js';
import type { KnownEvent } from './KnownEvent.js';

/** Who takes an event on when something has come of it. */
export interface DecisionOwner {
  found(decision: Decision, known: readonly KnownEvent[]): void;
  written(decision: Decision, sequence: number): void;
  failed(decision: Decision, error: unknown): void;
}

/** Who gets the outcome. */
export interface DecisionRequest {
  settle(index: number, outcome: Outcome): void;
  fail(error: unknown): void;
}

/**
 * An event on its way from the door to its outcome: the one object that goes through look-up and log for it. Promises for each
 * of the steps of each event would cost more than the steps.
 */
export class Decision implements Asking, WaitingEvent {
  readonly candidate: Candidate;
  /** What memory held about it before it was looked up. */
  remembered: readonly KnownEvent[] = [];
  /** Those with an identity in common that came after it. */
  followers: Decision[] | null = null;
  readonly #owner: DecisionOwner;
  readonly #request: DecisionRequest;
  readonly #index: number;

  constructor(candidate: Candidate, of: { owner: DecisionOwner; request: DecisionRequest; index: number }) {
    this.candidate = candidate;
    this.#owner = of.owner;
    this.#request = of.request;
    this.#index = of.index;
  }

  get event(): CairnEvent {
    return this.candidate.event;
  }

  found(known: readonly KnownEvent[]): void {
    this.#owner.found(this, known);
  }

  written(sequence: number): void {
    this.#owner.written(this, sequence);
  }

  failed(error: unknown): void {
    this.#owner.failed(this, error);
  }

  settle(outcome: Outcome): void {
    this.#request.settle(this.#index, outcome);
  }

  giveUp(error: unknown): void {
    this.#request.fail(error);
  }
}
