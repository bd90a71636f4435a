import { requireScope } from '@cairn/runtime';
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { problemResponses } from '../../http/problemResponses.js';
import type { PackPublisher } from './PackPublisher.js';
import { packRequest, readNamedPack } from './packRequest.js';

const answer = z
  .object({
    pack: z.string(),
    changed: z.boolean().openapi({ description: 'False where the pack is in effect as it is: then nothing was published.' }),
    sequence: z.int().nullable().openapi({ description: 'The place in the log at which the pack was last published.' }),
    in_effect: z.boolean().openapi({ description: 'Whether every partition has passed that place: all reads show it now.' }),
    changes: z.array(z.object({ slug: z.string(), change: z.enum(['added', 'changed', 'unchanged', 'retired']), version: z.int() })),
    xp_rules_changed: z.boolean(),
    ranks_changed: z.boolean(),
  })
  .openapi('PublishedPack');

const route = createRoute({
  method: 'put',
  path: '/v1/admin/packs/{pack}',
  summary: 'Publish a whole pack',
  description: 'What the document no longer holds is retired. Waits until it is in effect, 30 seconds at most.',
  tags: ['definitions'],
  middleware: requireScope('definitions:publish'),
  request: packRequest,
  responses: {
    200: { description: 'What changed.', content: { 'application/json': { schema: answer } } },
    202: { description: 'It is in the log, but not in effect yet.', content: { 'application/json': { schema: answer } } },
    ...problemResponses(400, 409, 413, 422, 503),
  },
});

export function packRoutes(app: OpenApiApp, ports: { publisher: PackPublisher }): void {
  app.openapi(route, async (c) => {
    const { pack: name } = c.req.valid('param');
    const read = await readNamedPack(c, name);
    const { plan, isChanged, sequence, isInEffect } = await ports.publisher.publish(c.get('principal'), read);
    const view = {
      pack: name,
      changed: isChanged,
      sequence,
      in_effect: isInEffect,
      changes: plan.changes,
      xp_rules_changed: plan.xpRulesChanged,
      ranks_changed: plan.ranksChanged,
    };
    return isChanged && !isInEffect ? c.json(view, 202) : c.json(view, 200);
  });
}
