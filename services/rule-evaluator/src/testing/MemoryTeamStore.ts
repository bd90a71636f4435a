import { Catalogue } from '@cairn/engine';
import { TEAMS_PARTITION } from '@cairn/store';
import type { IdentityRow, LoadedUser } from '../store/EvaluationStore.js';
import type { TeamStore } from '../teams/TeamStore.js';
import { MemoryStore } from './MemoryStore.js';

/** The rows of the loop of the teams beside those of the partitions that it looks at. */
export class MemoryTeamStore extends MemoryStore implements TeamStore {
  /** Who has a row, by kind. */
  readonly owners = { user: new Map<string, number>(), team: new Map<string, number>(), member: new Map<string, number>() };

  readonly #partitions: readonly MemoryStore[];
  readonly #publishedAt: number;

  /** @param of.publishedAt the place in the log from which on the catalogue is in effect */
  constructor(
    catalogueOf: () => Catalogue,
    of: { partitions: readonly MemoryStore[]; publishedAt: number },
    interfere?: MemoryStore['interfere'],
  ) {
    super(catalogueOf, interfere);
    this.#partitions = of.partitions;
    this.#publishedAt = of.publishedAt;
  }

  override async catalogue(of?: { atSequence: number }): Promise<Catalogue> {
    await this.interfere('read', 'before');
    return (of?.atSequence ?? Number.POSITIVE_INFINITY) < this.#publishedAt ? Catalogue.empty() : this.catalogueOf();
  }

  override async loadUsers(_: number, userIds: readonly string[], kind: 'user' | 'team' | 'member' = 'user'): Promise<LoadedUser[]> {
    await this.interfere('read', 'before');
    return userIds.map((userId) => {
      const userKey = this.owners[kind].get(userId) ?? this.userKeys.size + 1;
      this.owners[kind].set(userId, userKey);
      this.userKeys.set(`${kind} ${userId}`, userKey);
      return { userKey, userId, state: this.states.get(`1:${userKey}`) ?? null };
    });
  }

  override async findIdentities(of: { eventIdHashes: Buffer[]; keyHashes: Buffer[]; fingerprints: Buffer[] }): Promise<IdentityRow[]> {
    await this.interfere('read', 'before');
    const rows = of.eventIdHashes.flatMap((hash) => this.#partitions.map((store) => store.identities.get(hash.toString('hex'))));
    return rows.filter((row) => row !== undefined);
  }

  override async positions(): Promise<ReadonlyMap<number, number>> {
    await this.interfere('read', 'before');
    return new Map([...this.#partitions.map((store, i) => [i, store.lastSeq] as const), [TEAMS_PARTITION, this.lastSeq]]);
  }

  async tenantsWithTeams(atSequence: number): Promise<readonly string[]> {
    await this.interfere('read', 'before');
    return atSequence >= this.#publishedAt ? ['default'] : [];
  }

  async teams(page: { after: string | null; limit: number }): Promise<string[]> {
    await this.interfere('read', 'before');
    const names = [...this.owners.team.keys()].sort();
    return names.filter((name) => page.after === null || name > page.after).slice(0, page.limit);
  }

  async findMembers(_: number, userIds: readonly string[]): Promise<LoadedUser[]> {
    const known = userIds.filter((userId) => this.owners.member.has(userId));
    return (await this.loadUsers(_, known, 'member')).filter(({ state }) => state !== null);
  }
}
