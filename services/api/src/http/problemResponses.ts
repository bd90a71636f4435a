import { PROBLEM_MEDIA_TYPE } from '@cairn/contracts';
import { z } from '@hono/zod-openapi';

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ description: 'Stable; the texts may be reworded.', example: 'invalid_request' }),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem');

const DESCRIPTIONS = {
  400: 'The body is not JSON.',
  401: 'No token, or one that is not known.',
  403: 'The token lacks a scope.',
  404: 'There is no such thing.',
  409: 'Something else changed at the same time: try again.',
  413: 'The body is too large.',
  415: 'The body is of a type that is not read here.',
  422: 'The request is understood and wrong: `errors` names each field.',
  429: 'Too much at once: try again after `Retry-After` seconds.',
  503: 'Not at the moment: try again after `Retry-After` seconds.',
} as const;

type ProblemStatus = keyof typeof DESCRIPTIONS;

/** Descriptions of the refusals of a route; 401 and 403 belong to each. */
export function problemResponses<S extends ProblemStatus>(...statuses: S[]) {
  const entries = [...new Set<ProblemStatus>([401, 403, ...statuses])].map((status) => [
    status,
    { description: DESCRIPTIONS[status], content: { [PROBLEM_MEDIA_TYPE]: { schema: problemSchema } } },
  ]);
  return Object.fromEntries(entries) as Record<string, { description: string; content: Record<string, { schema: typeof problemSchema }> }>;
}
