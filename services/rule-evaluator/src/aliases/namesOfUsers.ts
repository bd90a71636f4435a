import type { TenantContext } from '../partition/TenantCatalogues.js';
import type { CachedUser } from '../partition/UserCache.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';

/** One of the names of a user, and the key that goes with it. */
export type UserName = Pick<CachedUser, 'userId' | 'userKey'>;

/** All names of each of some users, their own first: what was paid stands in the ledger of whom it was paid to. */
export async function namesOfUsers(
  users: readonly CachedUser[],
  { tenant, store }: { tenant: TenantContext; store: EvaluationStore },
): Promise<(user: CachedUser) => readonly UserName[]> {
  const aliases = users.flatMap(({ userId }) => tenant.aliases.aliasesOf(userId));
  const rows = aliases.length === 0 ? [] : await store.loadUsers(tenant.tenantKey, aliases);
  const known = new Map(rows.map((row) => [row.userId, row]));
  return (user) => [user, ...tenant.aliases.aliasesOf(user.userId).flatMap((alias) => known.get(alias) ?? [])];
}
