import { CairnError } from '@cairn/contracts';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './principal.js';

/** What producers do: they go on sending for a tenant that was merged into another. */
const PRODUCERS = 'events:write';

/**
 * Lets through who has at least one of the scopes; otherwise 403 `forbidden`, which names them. Whose tenant was merged into another is told
 * so by a 410 `tenant_merged`, wherever it is not events that are sent: what the other has is not shown to them.
 */
export function requireScope(...anyOf: string[]): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const { scopes, name, tenantId, mergedInto = null } = context.get('principal');
    if (!anyOf.some((scope) => scopes.has(scope))) {
      throw new CairnError('forbidden', `the token "${name}" lacks the scope ${anyOf.join(' or ')}: use one that has it`);
    }
    if (mergedInto !== null && !anyOf.includes(PRODUCERS)) {
      throw new CairnError('tenant_merged', `the tenant "${tenantId}" was merged into "${mergedInto}": use a token of that one`);
    }
    await next();
  };
}
