import type { UserAlias } from '@cairn/store';

/** Who was merged into whom, and where in the log that was said. */
export class Aliases {
  #rows: readonly UserAlias[] = [];

  /** In log order. */
  at(sequence: number): readonly UserAlias[] {
    return this.#rows.filter(({ logSeq }) => logSeq <= sequence);
  }

  /** The same again changes nothing. */
  add(row: UserAlias): void {
    if (!this.#rows.some(({ alias }) => alias === row.alias)) this.#rows = [...this.#rows, row].sort((a, b) => a.logSeq - b.logSeq);
  }

  forget({ aliases, before }: { aliases: readonly string[]; before: number }): void {
    this.#rows = this.#rows.filter(({ alias, logSeq }) => !aliases.includes(alias) || logSeq >= before);
  }

  /** All ids that lead to the user whom one of them stands for, that of the user first. */
  namesOf(name: string): string[] {
    const user = this.#userOf(name);
    return [user, ...this.#rows.map(({ alias }) => alias).filter((alias) => this.#userOf(alias) === user)];
  }

  #userOf(name: string): string {
    const next = this.#rows.find(({ alias }) => alias === name);
    return next === undefined ? name : this.#userOf(next.userId);
  }
}
