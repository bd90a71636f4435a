/** Who is called by more than one id, as it stands at one place of the log. */
export class NaiveAliases {
  readonly #leadsTo = new Map<string, string>();

  userOf(name: string): string {
    const next = this.#leadsTo.get(name);
    return next === undefined ? name : this.userOf(next);
  }

  /** Who goes on and who ends; null where that means nothing: it would close a circle, or merge again who is merged. */
  merge({ from, into }: { from: string; into: string }): { from: string; into: string } | null {
    const user = this.userOf(into);
    if (user === from || this.#leadsTo.has(from)) return null;
    this.#leadsTo.set(from, user);
    return { from, into: user };
  }

  /** All other ids of a user. */
  aliasesOf(user: string): string[] {
    return [...this.#leadsTo.keys()].filter((alias) => this.userOf(alias) === user);
  }

  forget(names: readonly string[]): void {
    for (const name of names) this.#leadsTo.delete(name);
  }
}
