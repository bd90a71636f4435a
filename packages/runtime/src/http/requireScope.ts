import { CairnError } from '@cairn/contracts';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './principal.js';

/** Lets through who has at least one of the scopes; otherwise 403 `forbidden`, which names them. */
export function requireScope(...anyOf: string[]): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const { scopes, name } = context.get('principal');
    if (!anyOf.some((scope) => scopes.has(scope))) {
      throw new CairnError('forbidden', `the token "${name}" lacks the scope ${anyOf.join(' or ')}: use one that has it`);
    }
    await next();
  };
}
