import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from '../createLogger.js';
import { problemAnswer } from './problemAnswer.js';

/** See `problemAnswer`. */
export function problemResponse(error: unknown, context: Context, log: Logger): Response {
  const { status, headers, body } = problemAnswer(error, { method: context.req.method, path: context.req.path, log });
  return context.newResponse(body, status as ContentfulStatusCode, headers);
}
