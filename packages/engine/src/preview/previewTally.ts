import { RungTally } from './rungTally.js';

/** What those of a sample got, summed up. */
export class PreviewTally {
  readonly #rungs = new Map<number, RungTally>();
  readonly #xpByRule = new Map<string, number>();

  rung(number: number): RungTally {
    let tally = this.#rungs.get(number);
    if (tally === undefined) this.#rungs.set(number, (tally = new RungTally()));
    return tally;
  }

  earn(ruleId: string, amount: number): void {
    this.#xpByRule.set(ruleId, this.xpOf(ruleId) + amount);
  }

  xpOf(ruleId: string): number {
    return this.#xpByRule.get(ruleId) ?? 0;
  }

  merge(other: PreviewTally): void {
    for (const [number, tally] of other.#rungs) this.rung(number).merge(tally);
    for (const [ruleId, amount] of other.#xpByRule) this.earn(ruleId, amount);
  }
}
