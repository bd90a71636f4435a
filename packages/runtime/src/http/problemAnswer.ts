import { CairnError, PROBLEM_MEDIA_TYPE, toProblem } from '@cairn/contracts';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from '../createLogger.js';

export interface ProblemAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Any error as problem details (RFC 9457). What is not expected is logged, and tells the caller nothing. */
export function problemAnswer(error: unknown, { method, path, log }: { method: string; path: string; log: Logger }): ProblemAnswer {
  const known = toCairnError(error);
  if (known.code === 'internal') log.error({ err: error, method, path }, 'a request failed unexpectedly');
  const headers: Record<string, string> = { 'Content-Type': PROBLEM_MEDIA_TYPE };
  if (known.retryAfterSeconds !== undefined) headers['Retry-After'] = String(known.retryAfterSeconds);
  return { status: known.status, headers, body: JSON.stringify(toProblem(known)) };
}

function toCairnError(error: unknown): CairnError {
  if (error instanceof CairnError) return error;
  // What Hono itself refuses, a malformed path say.
  if (error instanceof HTTPException && error.status < 500) return new CairnError('invalid_request', error.message, { cause: error });
  return new CairnError('internal', 'something went wrong here; it has been logged', { cause: error });
}
