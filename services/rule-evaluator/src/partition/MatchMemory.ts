import { EVIDENCE_MAX, EVIDENCE_SCAN_MAX } from '@cairn/store';

/** An event that counted. */
export interface Match {
  eventId: string;
  /** Epoch milliseconds. */
  occurredAt: number;
}

interface PlacedMatch extends Match {
  /** How many events there were with it. */
  place: number;
}

/** Which of them an unlock is to show: those that occurred in [periodStart, periodEnd), where there are bounds. */
export interface WantedEvidence {
  definitionKey: number;
  periodStart: number | null;
  periodEnd: number | null;
  /** How many there can be at most, where that is known. */
  atMost?: number;
  /** What versions before this one counted is to be shown too. */
  goesOn?: boolean;
}

/**
 * The newest events of one user that counted for each definition, in log order: what unlocks show as evidence. Not all of them: it knows
 * whether what is missing could matter, and where it could, the database is to be asked. And no further back than the database would
 * look: what an unlock shows must not depend on what somebody happens to remember.
 */
export class MatchMemory {
  readonly #byDefinition = new Map<number, PlacedMatch[]>();
  /** Events that it was told of, those that counted for nothing among them. */
  #events = 0;
  /** Whether no event counted before those that it was told of. */
  #isFromTheBeginning: boolean;
  #size = 0;

  constructor(of: { isFromTheBeginning: boolean }) {
    this.#isFromTheBeginning = of.isFromTheBeginning;
  }

  /** How many it holds, an event once for each definition. */
  get size(): number {
    return this.#size;
  }

  /**
   * To be told of every event, also of one that counted for no definition.
   * @returns by how much it has grown
   */
  note({ eventId, occurredAt }: Match, definitionKeys: readonly number[]): number {
    this.#events += 1;
    if (definitionKeys.length === 0) return 0;
    const before = this.#size;
    const match = { eventId, occurredAt, place: this.#events };
    for (const key of definitionKeys) {
      const matches = this.#byDefinition.get(key);
      if (matches === undefined) this.#byDefinition.set(key, [match]);
      else {
        matches.push(match);
        if (matches.length > 2 * EVIDENCE_MAX) this.#size -= matches.splice(0, EVIDENCE_MAX).length;
      }
    }
    this.#size += definitionKeys.length;
    return this.#size - before;
  }

  /** Event ids, the newest last; null where they have to be searched for. */
  newest(wanted: WantedEvidence): string[] | null {
    const max = Math.max(1, Math.min(EVIDENCE_MAX, Math.ceil(wanted.atMost ?? EVIDENCE_MAX)));
    const matches = this.#byDefinition.get(wanted.definitionKey) ?? [];
    const found: string[] = [];
    let isBeyond = false;
    for (let i = matches.length - 1; i >= 0 && found.length < max && !isBeyond; i--) {
      const match = matches[i];
      isBeyond = match !== undefined && this.#events - match.place >= EVIDENCE_SCAN_MAX;
      if (match !== undefined && !isBeyond && isIn(match, wanted)) found.push(match.eventId);
    }
    const isAll = wanted.goesOn !== true && (isBeyond || (this.#isFromTheBeginning && matches.length <= EVIDENCE_MAX));
    return found.length === max || isAll ? found.reverse() : null;
  }

  /** Of an event that came before, it turned out that it counts. */
  outdated(definitionKey: number): void {
    this.#isFromTheBeginning = false;
    this.#size -= this.#byDefinition.get(definitionKey)?.length ?? 0;
    this.#byDefinition.delete(definitionKey);
  }

  forget(): void {
    this.#isFromTheBeginning = false;
    this.#byDefinition.clear();
    this.#size = 0;
  }
}

function isIn({ occurredAt }: Match, { periodStart, periodEnd }: WantedEvidence): boolean {
  return (periodStart === null || occurredAt >= periodStart) && (periodEnd === null || occurredAt < periodEnd);
}
