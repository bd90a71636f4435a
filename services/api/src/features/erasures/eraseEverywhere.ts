import { CairnError } from '@cairn/contracts';
import type { Principal } from '@cairn/runtime';
import { type Queryable, requestErasureEverywhere } from '@cairn/store';

/**
 * Asks for a user to be erased in their tenant, and before in each that was merged into it. Answers the id of the erasure in their tenant,
 * which is done when all are: the others are listed with the tenants that they are of.
 * @throws CairnError `unavailable` while a history comes along; `tenant_merged`
 */
export async function eraseEverywhere(
  db: Queryable,
  { tenantId, tenantKey, name: actor }: Principal,
  { userId, reason }: { userId: string; reason: string },
): Promise<string> {
  const answer = await requestErasureEverywhere(db, { tenantId, tenantKey, userId, actor, reason });
  switch (answer.result) {
    case 'requested':
      return answer.erasureId;
    case 'tenant_merged':
      throw new CairnError('tenant_merged', `the tenant "${tenantId}" was merged into "${answer.intoTenant}": erase them there`);
    case 'history_coming':
      throw new CairnError('unavailable', `the history of "${answer.tenantId}" is still coming along: try again`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
  }
}

const RETRY_AFTER_SECONDS = 1;
