import type { CairnEvent } from '@cairn/contracts';

/** Where aliases of users are kept. */
export interface AliasStore {
  /** Another answer than the last means that something changed. */
  state(): Promise<string>;
  /** The newest of all tenants, in log order; what one leads to may be the alias of a later one. */
  list(limit: number): Promise<readonly { tenantId: string; alias: string; userId: string }[]>;
}

export interface KnownAliasesOptions {
  store: AliasStore;
  aliasesMax: number;
  /** Between two looks. */
  lookMs: number;
  /** A look failed; the next one comes. */
  onError(error: unknown): void;
}

/**
 * Who was merged or renamed, as far as the door knows: an event under an alias goes to its user at once. What the door does not know
 * yet, or not any more, takes the longer way through the partition of the alias.
 */
export class KnownAliases {
  readonly #options: KnownAliasesOptions;
  #tenants: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map();
  #state = '';
  #timer: NodeJS.Timeout | undefined;
  #isStopped = true;

  constructor(options: KnownAliasesOptions) {
    this.#options = options;
  }

  /** The event under the name of its user. It stays the same event: what it is known by was taken from what the producer wrote. */
  own(event: CairnEvent): CairnEvent {
    if (this.#tenants.size === 0) return event;
    const userId = this.#userOf(event);
    return userId === event.userId ? event : { ...event, userId };
  }

  /** Resolves after the first look, whatever came of it. */
  async start(): Promise<void> {
    this.#isStopped = false;
    await this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #userOf({ tenantId, userId }: CairnEvent): string {
    const aliases = this.#tenants.get(tenantId);
    let user = userId;
    // As many steps as there are aliases at most: nobody was merged into themselves.
    for (let next = aliases?.get(user); next !== undefined; next = aliases?.get(user)) user = next;
    return user;
  }

  async #look(): Promise<void> {
    const { store, aliasesMax, lookMs, onError } = this.#options;
    try {
      const state = await store.state();
      if (state !== this.#state) this.#keep(await store.list(aliasesMax));
      this.#state = state;
    } catch (error) {
      onError(error);
    }
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#look(), lookMs);
    this.#timer.unref();
  }

  #keep(rows: readonly { tenantId: string; alias: string; userId: string }[]): void {
    const tenants = new Map<string, Map<string, string>>();
    for (const { tenantId, alias, userId } of rows) {
      const aliases = tenants.get(tenantId);
      if (aliases === undefined) tenants.set(tenantId, new Map([[alias, userId]]));
      else aliases.set(alias, userId);
    }
    this.#tenants = tenants;
  }
}
