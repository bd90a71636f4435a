import { isEventId } from '@cairn/contracts';
import { requireScope } from '@cairn/runtime';
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { slugParam, userParam } from '../../http/params.js';
import { problemResponses } from '../../http/problemResponses.js';
import { EXPLAIN_EVENTS_MAX, EXPLANATIONS_MAX, EXPLANATIONS_WAITING_MAX } from '../../limits.js';
import { BoundedTurns } from './BoundedTurns.js';
import type { Explainer } from './Explainer.js';
import { explanationSchema, explanationView } from './explanationView.js';

const eventQuery = z
  .string()
  .refine(isEventId, 'has to be the id of an event: 1 to 128 printable characters')
  .optional()
  .openapi({
    param: { name: 'event', in: 'query' },
    description: 'The id, or the idempotency key, of an event to say of what became of it.',
  });

const route = createRoute({
  method: 'get',
  path: '/v1/users/{user}/achievements/{slug}/explain',
  summary: 'Why a user has an achievement, or why not yet',
  description: `Judges the newest ${EXPLAIN_EVENTS_MAX} events of the user again, and says what became of one of them where it is asked for.`,
  tags: ['reads'],
  middleware: requireScope('progress:read', 'unlocks:read'),
  request: { params: z.object({ user: userParam, slug: slugParam }), query: z.object({ event: eventQuery }) },
  responses: {
    200: { description: 'The explanation.', content: { 'application/json': { schema: explanationSchema } } },
    ...problemResponses(404, 422, 429, 503),
  },
});

export function explainRoutes(app: OpenApiApp, ports: { explainer: Explainer }): void {
  const turns = new BoundedTurns({ atOnceMax: EXPLANATIONS_MAX, waitingMax: EXPLANATIONS_WAITING_MAX });
  app.openapi(route, async (c) => {
    const { user, slug } = c.req.valid('param');
    const tenant = c.get('principal');
    const request = { userId: user, slug, eventId: c.req.valid('query').event ?? null };
    return c.json(explanationView(await turns.run(() => ports.explainer.explain(tenant, request))), 200);
  });
}
