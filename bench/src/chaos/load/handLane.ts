import { setTimeout as delay } from 'node:timers/promises';
import { TENANTS, type TenantId } from '../plan/EventPlan.js';
import type { ChaosWorld } from '../world/ChaosWorld.js';
import type { Load } from './Load.js';

const PAUSE_MS = 1_000;
const RETRY_MS = 300;
const ANSWER_MS_MAX = 40_000;
const IN_EFFECT = 200;
/** In the log, and not in effect yet. */
const IN_LOG = 202;

/** What was given by hand, as `tenant|user`. */
export interface ByHand {
  honoured: Set<string>;
  revoked: Set<string>;
}

/** Gives an achievement to one user after the other, and takes it from every second of them again, until it is told to stop. */
export async function handLane(of: { world: ChaosWorld; load: Load; byHand: ByHand; stop: AbortSignal }): Promise<void> {
  const { world, load, byHand, stop } = of;
  for (let n = 0; !stop.aborted; n++) {
    const tenant = TENANTS[n % TENANTS.length] ?? 'default';
    const user = `hand-${String(n)}`;
    await act({ world, load, tenant, user, action: 'grants' });
    if (n % 2 === 0) byHand.honoured.add(`${tenant}|${user}`);
    else {
      await act({ world, load, tenant, user, action: 'revocations' });
      byHand.revoked.add(`${tenant}|${user}`);
    }
    await delay(PAUSE_MS);
  }
}

interface Act {
  world: ChaosWorld;
  load: Load;
  tenant: TenantId;
  user: string;
  action: 'grants' | 'revocations';
}

/** Until it is in effect: what comes next is judged by what holds then. Under one key, so that it is done once. */
async function act({ world, load, tenant, user, action }: Act): Promise<void> {
  for (;;) {
    try {
      const [url = ''] = world.urlsOf('api');
      const response = await fetch(`${url}/v1/admin/users/${user}/${action}`, {
        method: 'POST',
        body: JSON.stringify({ slug: 'honoured', reason: 'chaos' }),
        headers: {
          authorization: `Bearer ${world.tokenOf(tenant)}`,
          'content-type': 'application/json',
          'idempotency-key': `${user}-${action}`,
        },
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      const text = await response.text();
      if (response.status === IN_EFFECT) return;
      if (response.status !== IN_LOG && response.status !== 429 && response.status !== 503)
        load.refuse(`${action} of ${user}: ${String(response.status)} ${text.slice(0, 300)}`);
    } catch {
      // The api was killed or cut off: what became of it is found out by asking again under the same key.
    }
    await delay(RETRY_MS);
  }
}
