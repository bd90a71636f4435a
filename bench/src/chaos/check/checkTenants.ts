import { CairnHttp } from '../CairnHttp.js';
import { TENANTS } from '../plan/EventPlan.js';
import type { Expected } from '../plan/recount.js';
import type { ChaosWorld } from '../world/ChaosWorld.js';
import { type Check, DIFFERENCES_SHOWN_MAX } from './Check.js';
import type { StoredUnlock } from './storedUnlocks.js';

const LEVELS_END = 50;
const USERS_ASKED = 40;

/** Each tenant is told all of its own and nothing of another's, though users have the same names in all of them. */
export async function checkTenants(world: ChaosWorld, of: { stored: readonly StoredUnlock[]; expected: Expected }): Promise<Check> {
  const differences: string[] = [];
  let found = 0;
  const held = new Set(of.stored.filter(({ isRevoked }) => !isRevoked).map(({ id }) => id));
  const [url = ''] = world.urlsOf('api');
  for (const tenant of TENANTS) {
    const http = new CairnHttp(url, world.tokenOf(tenant));
    for await (const unlock of http.unlocks()) {
      found++;
      if (unlock.tenant_id !== tenant || !held.has(`${tenant}|${unlock.unlock_id}`))
        differences.push(`${tenant} was told of ${unlock.unlock_id} of ${unlock.tenant_id}`);
    }
    const users = [...of.expected.deploys].filter(([user, deploys]) => user.startsWith(`${tenant}|`) && deploys < LEVELS_END);
    for (const [user, deploys] of users.slice(0, USERS_ASKED)) {
      const { items } = await http.progress(user.slice(tenant.length + 1));
      const value = items.find(({ slug }) => slug === 'deployer')?.value;
      if (value !== deploys) differences.push(`${user} stands at ${String(value ?? 'nothing')} instead of ${String(deploys)}`);
    }
  }
  return {
    name: 'answers to each tenant',
    expected: held.size,
    found,
    differences: differences.slice(0, DIFFERENCES_SHOWN_MAX),
  };
}
