import type { EvaluationStore, LoadedUser } from '../store/EvaluationStore.js';

/** What the loop of the teams asks of the database besides. */
export interface TeamStore extends EvaluationStore {
  /** The tenants that have published an achievement of teams up to a place in the log. */
  tenantsWithTeams(atSequence: number): Promise<readonly string[]>;
  /** The names of a tenant's teams in order, page by page. */
  teams(page: { tenantKey: number; after: string | null; limit: number }): Promise<string[]>;
  /** What those of these users chose as members who did; nobody is created. */
  findMembers(tenantKey: number, userIds: readonly string[]): Promise<LoadedUser[]>;
}
