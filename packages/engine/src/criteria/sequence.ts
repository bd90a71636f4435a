import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import { MINUTE_MS } from '../windows/span.js';
import { type CriterionState, KindMismatchError, type Match } from './criterionState.js';

/** Instants that are kept of each step: the newest. */
export const SEQUENCE_INSTANTS_MAX = 100;

export interface SequenceParameters {
  /** The ids of the steps, in their order. */
  steps: readonly string[];
  /** How far the last step may lie behind the first, in minutes; null where that does not matter. */
  withinMinutes: number | null;
}

/**
 * The length of the longest prefix of the steps that happened in their order. Bound: for each step of the definition its
 * id and 100 instants of at most 8 bytes; in practice 4 to 6.
 */
export class SequenceState implements CriterionState {
  readonly kind = 'sequence';
  readonly #withinMinutes: number | null;
  /** The different instants of each step, ascending, at most SEQUENCE_INSTANTS_MAX. */
  readonly #instants: Map<string, number[]>;
  /** null: to be measured. */
  #longest: number | null = null;

  constructor({ steps, withinMinutes }: SequenceParameters) {
    this.#withinMinutes = withinMinutes;
    this.#instants = new Map(steps.map((step) => [step, []]));
  }

  add(match: Match): boolean {
    const instants = this.#instants.get(match.step);
    if (instants === undefined) return false;
    const before = this.measure();
    take(instants, match.event.occurredAt);
    this.#longest = null;
    return before !== this.measure();
  }

  /** Other steps, another order and another `within` judge the same instants anew. */
  accepts(other: CriterionState): boolean {
    return other instanceof SequenceState;
  }

  merge(other: CriterionState): void {
    if (!(other instanceof SequenceState)) throw new KindMismatchError(this.kind, other.kind);
    this.#longest = null;
    for (const [step, theirs] of other.#instants) {
      const ours = this.#instants.get(step);
      // From the newest on, so that nothing is put in that is dropped again.
      if (ours !== undefined) for (let i = theirs.length - 1; i >= 0; i--) take(ours, theirs[i] ?? 0);
    }
  }

  measure(): number {
    return (this.#longest ??= this.#measure());
  }

  /**
   * Begins at each instant of the first step, the earliest first, and takes for every further step its earliest instant
   * that is not before the one before. Later beginnings never want earlier instants, so each list is gone through once.
   */
  #measure(): number {
    const lists = [...this.#instants.values()];
    const unseen = lists.findIndex((instants) => instants.length === 0);
    const most = unseen < 0 ? lists.length : unseen;
    const places = lists.map(() => 0);
    const within = this.#withinMinutes === null ? Number.POSITIVE_INFINITY : this.#withinMinutes * MINUTE_MS;
    let longest = 0;
    for (const first of lists[0] ?? []) {
      longest = Math.max(longest, prefixLength(lists, places, { first, until: first + within }));
      if (longest === most || within === Number.POSITIVE_INFINITY) break;
    }
    return longest;
  }

  write(writer: ByteWriter): void {
    writer.unsigned(this.#withinMinutes ?? 0);
    writer.unsigned(this.#instants.size);
    for (const [step, instants] of this.#instants) {
      writer.text(step);
      writer.unsigned(instants.length);
      let previous = 0;
      for (const instant of instants) {
        writer.number(instant - previous);
        previous = instant;
      }
    }
  }

  static read(reader: ByteReader): SequenceState {
    const withinMinutes = reader.unsigned();
    const state = new SequenceState({ steps: [], withinMinutes: withinMinutes === 0 ? null : withinMinutes });
    for (let steps = reader.count(); steps > 0; steps--) {
      const instants: number[] = [];
      state.#instants.set(reader.text(), instants);
      let instant = 0;
      for (let count = reader.count(); count > 0; count--) instants.push((instant += reader.number()));
    }
    return state;
  }
}

/** Puts an instant into its place, and forgets the earliest where there are too many. */
function take(instants: number[], instant: number): void {
  let at = instants.length;
  while (at > 0 && (instants[at - 1] ?? 0) > instant) at -= 1;
  const isFull = instants.length >= SEQUENCE_INSTANTS_MAX;
  if (instants[at - 1] === instant || (isFull && at === 0)) return;
  instants.splice(at, 0, instant);
  if (isFull) instants.shift();
}

/** How many steps follow one another from an instant of the first on. Moves `places` to the instants that were taken. */
function prefixLength(lists: readonly (readonly number[])[], places: number[], { first, until }: { first: number; until: number }): number {
  let previous = first;
  for (const [step, instants] of lists.entries()) {
    let place = places[step] ?? 0;
    while (place < instants.length && (instants[place] ?? 0) < previous) place += 1;
    places[step] = place;
    const taken = instants[place];
    if (taken === undefined || taken > until) return step;
    previous = taken;
  }
  return lists.length;
}
