import { CairnError, isEventId } from '@cairn/contracts';
import { parseJsonBody, requireScope } from '@cairn/runtime';
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { problemResponses } from '../../http/problemResponses.js';
import { reasonField } from '../../http/reasonField.js';
import { GRANT_BYTES_MAX } from '../../limits.js';
import type { Retractions } from './Retractions.js';

const requestSchema = z.strictObject({
  reason: reasonField('Kept in the audit and in the log, and told with what is revoked.'),
});

const answerSchema = z
  .object({
    result: z.enum(['retracted', 'already_retracted']),
    event_id: z.string(),
    user_id: z.string(),
    sequence: z.int().openapi({ description: 'The place of the retraction in the log.' }),
    in_effect: z.boolean(),
  })
  .openapi('RetractionResult');

const eventParam = z
  .string()
  .refine(isEventId, 'has to be the id of an event: 1 to 128 printable characters')
  .openapi({ param: { name: 'event_id', in: 'path' }, description: 'The id of the event, percent-encoded.', example: 'evt_01HZX' });

const route = createRoute({
  method: 'post',
  path: '/v1/admin/events/{event_id}/retraction',
  summary: 'Retract an event',
  description:
    'From here on it counts for nothing; what it brought about is kept or revoked as `on_retract` of its definition says. ' +
    'Audited. Waits until it is in effect, 30 seconds at most. Retracting it again does nothing.',
  tags: ['by hand'],
  middleware: requireScope('grants:write'),
  request: {
    params: z.object({ event_id: eventParam }),
    // Read by the handler itself, within a bound.
    body: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/RetractionRequest' } } } },
  },
  responses: {
    200: { description: 'It is retracted.', content: { 'application/json': { schema: answerSchema } } },
    202: { description: 'It is in the log, but not in effect yet.', content: { 'application/json': { schema: answerSchema } } },
    ...problemResponses(400, 404, 413, 422, 503),
  },
});

export function retractionRoutes(app: OpenApiApp, ports: { retractions: Retractions }): void {
  app.openAPIRegistry.register('RetractionRequest', requestSchema);
  app.openapi(route, async (c) => {
    const reason = readReason(await parseJsonBody(c, GRANT_BYTES_MAX));
    const done = await ports.retractions.apply(c.get('principal'), { eventId: c.req.valid('param').event_id, reason });
    const answer = {
      result: done.isChanged ? ('retracted' as const) : ('already_retracted' as const),
      event_id: done.eventId,
      user_id: done.userId,
      sequence: done.sequence,
      in_effect: done.isInEffect,
    };
    return done.isInEffect ? c.json(answer, 200) : c.json(answer, 202);
  });
}

function readReason(body: unknown): string {
  const parsed = requestSchema.safeParse(body);
  if (parsed.success) return parsed.data.reason;
  const errors = parsed.error.issues.map((issue) => ({ field: issue.path.join('.') || 'body', message: issue.message }));
  throw new CairnError('invalid_request', errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
}
