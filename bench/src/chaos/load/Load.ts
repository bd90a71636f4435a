import { setTimeout as delay } from 'node:timers/promises';
import type { EventPlan } from '../plan/EventPlan.js';

const PACE_MS = 20;
const REFUSALS_KEPT_MAX = 20;
const ANSWERED = 1;
/** So that it stands in the log, not only in front of the NATS door. */
const IN_LOG = 2;

export interface LoadOptions {
  plan: EventPlan;
  /** Different ones. */
  events: number;
  /** In which they are to be sent; what a fault held up is caught up with as fast as it goes. */
  durationMs: number;
}

/** What was sent and what was answered: a byte for each event, since the events themselves follow from their numbers. */
export class Load {
  readonly plan: EventPlan;
  readonly events: number;
  readonly #durationMs: number;
  readonly #facts: Uint8Array;
  readonly #startMs = performance.now();
  #next = 0;
  #isOver = false;
  #isHeldBack = false;
  /** Sent again on purpose. */
  duplicates = 0;
  /** Sent again because no answer came, or one that asks for it. */
  retries = 0;
  answered = 0;
  /** Of the answers over HTTP, those that said `duplicate`. */
  answeredDuplicate = 0;
  /** By the number in their properties, what was sent over NATS to be refused. */
  readonly bad = new Set<number>();
  /**
   * Events that something else was sent under the id of. Until all is evaluated, a door may take either for the first, so that a repetition
   * of the event can be refused as well.
   */
  readonly contested = new Set<number>();
  #bad = 0;
  /** What should have been taken and was not, the first of them. */
  readonly refusals: string[] = [];
  refused = 0;

  constructor({ plan, events, durationMs }: LoadOptions) {
    this.plan = plan;
    this.events = events;
    this.#durationMs = durationMs;
    this.#facts = new Uint8Array(events);
  }

  /** Numbers of the next events as soon as one of them is due; empty when there are no more. */
  async claim(count: number): Promise<number[]> {
    while (this.#next < this.events && !this.#isOver) {
      const due = Math.min(1, (performance.now() - this.#startMs) / this.#durationMs) * this.events;
      if (this.#next < due && !this.#isHeldBack) {
        const from = this.#next;
        this.#next = Math.min(from + count, this.events);
        return Array.from({ length: this.#next - from }, (_, i) => from + i);
      }
      await delay(PACE_MS);
    }
    return [];
  }

  /** So many have been handed out; in the end all of them have been sent. */
  get claimed(): number {
    return this.#next;
  }

  /** The number of what is sent next to be refused. */
  nextBad(): number {
    return this.#bad++;
  }

  /** Nothing new is sent for as long as that holds. */
  holdBack({ isOn }: { isOn: boolean }): void {
    this.#isHeldBack = isOn;
  }

  /** Nothing new is sent from now on. */
  end(): void {
    this.#isOver = true;
  }

  answer(n: number, { inLog }: { inLog: boolean }): void {
    const before = this.#facts[n] ?? 0;
    if ((before & ANSWERED) === 0) this.answered++;
    this.#facts[n] = before | ANSWERED | (inLog ? IN_LOG : 0);
  }

  isInLog(n: number): boolean {
    return ((this.#facts[n] ?? 0) & IN_LOG) !== 0;
  }

  refuse(what: string): void {
    this.refused++;
    if (this.refusals.length < REFUSALS_KEPT_MAX) this.refusals.push(what);
  }
}
