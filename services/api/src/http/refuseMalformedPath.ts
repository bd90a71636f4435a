import { CairnError } from '@cairn/contracts';
import type { AppEnv } from '@cairn/runtime';
import type { MiddlewareHandler } from 'hono';

/** A path that is not percent-encoded UTF-8 names nobody; passed on as it is, it would name somebody else. */
export const refuseMalformedPath: MiddlewareHandler<AppEnv> = async (c, next) => {
  try {
    decodeURIComponent(new URL(c.req.url).pathname);
  } catch (cause) {
    throw new CairnError('invalid_request', 'the path is not percent-encoded UTF-8', { cause });
  }
  await next();
};
