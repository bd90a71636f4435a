/** Two ids, of which one leads to the other from here on. */
export interface Merge {
  from: string;
  into: string;
}

/**
 * Who of a tenant is called by more than one id, as it stands at one place of the log. Follows from the control entries alone, so
 * every partition has the same at the same place.
 */
export class UserAliases {
  /** By alias, who it stands for in the end: never an alias itself. */
  readonly #userOf = new Map<string, string>();
  readonly #aliasesOf = new Map<string, string[]>();

  /** @param rows in log order */
  static of(rows: readonly { alias: string; userId: string }[]): UserAliases {
    const aliases = new UserAliases();
    for (const { alias, userId } of rows) aliases.merge({ from: alias, into: userId });
    return aliases;
  }

  get isEmpty(): boolean {
    return this.#userOf.size === 0;
  }

  isAlias(userId: string): boolean {
    return this.#userOf.has(userId);
  }

  userOf(userId: string): string {
    return this.#userOf.get(userId) ?? userId;
  }

  /** All other ids of a user. */
  aliasesOf(userId: string): readonly string[] {
    return this.#aliasesOf.get(userId) ?? [];
  }

  /** Users with aliases. */
  users(): IterableIterator<string> {
    return this.#aliasesOf.keys();
  }

  /**
   * What a merge means at this place: it goes into whoever `into` stands for. null where it means nothing: both are one already and
   * `from` is the one who goes on, or `from` was merged into somebody else before. The same again means the same.
   */
  resolve({ from, into }: Merge): Merge | null {
    const user = this.userOf(into);
    if (user === from || (this.isAlias(from) && this.userOf(from) !== user)) return null;
    return { from, into: user };
  }

  /** @param merge one that `resolve` gave, or could have */
  merge({ from, into }: Merge): void {
    if (this.isAlias(from)) return;
    const user = this.userOf(into);
    const joining = [from, ...this.aliasesOf(from)];
    for (const alias of joining) this.#userOf.set(alias, user);
    this.#aliasesOf.set(user, [...this.aliasesOf(user), ...joining]);
    this.#aliasesOf.delete(from);
  }
}
