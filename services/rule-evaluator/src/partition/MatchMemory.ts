import { EVIDENCE_MAX } from '@cairn/store';

/** An event that counted. */
export interface Match {
  eventId: string;
  /** Epoch milliseconds. */
  occurredAt: number;
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
 * whether what is missing could matter, and where it could, the database is to be asked.
 */
export class MatchMemory {
  readonly #byDefinition = new Map<number, Match[]>();
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

  /** @returns by how much it has grown */
  note(match: Match, definitionKeys: readonly number[]): number {
    const before = this.#size;
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
    for (let i = matches.length - 1; i >= 0 && found.length < max; i--) {
      const match = matches[i];
      if (match !== undefined && isIn(match, wanted)) found.push(match.eventId);
    }
    const isAll = this.#isFromTheBeginning && wanted.goesOn !== true && matches.length <= EVIDENCE_MAX;
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
