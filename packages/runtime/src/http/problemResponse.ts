import { CairnError, PROBLEM_MEDIA_TYPE, toProblem } from '@cairn/contracts';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from '../createLogger.js';

/** Any error as problem details (RFC 9457). What is not expected is logged, and tells the caller nothing. */
export function problemResponse(error: unknown, context: Context, log: Logger): Response {
  const known = toCairnError(error);
  if (known.code === 'internal') {
    log.error({ err: error, method: context.req.method, path: context.req.path }, 'a request failed unexpectedly');
  }
  const headers: Record<string, string> = { 'Content-Type': PROBLEM_MEDIA_TYPE };
  if (known.retryAfterSeconds !== undefined) headers['Retry-After'] = String(known.retryAfterSeconds);
  return context.newResponse(JSON.stringify(toProblem(known)), known.status as ContentfulStatusCode, headers);
}

function toCairnError(error: unknown): CairnError {
  if (error instanceof CairnError) return error;
  // What Hono itself refuses, a malformed path say.
  if (error instanceof HTTPException && error.status < 500) return new CairnError('invalid_request', error.message, { cause: error });
  return new CairnError('internal', 'something went wrong here; it has been logged', { cause: error });
}
