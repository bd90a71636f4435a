import { requireScope } from '@cairn/runtime';
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { problemResponses } from '../../http/problemResponses.js';
import type { PackPublisher, PlannedPublication } from './PackPublisher.js';
import { packRequest, readNamedPack } from './packRequest.js';

const change = z.enum(['added', 'changed', 'retired', 'unchanged']);
const fields = z
  .array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() }))
  .openapi({ description: 'What differs, as packs write it: `criteria.threshold`, `levels[gold].xp_reward`. null: there is none.' });

const diffSchema = z
  .object({
    pack: z.string(),
    users: z.int().openapi({ description: 'Users of the tenant: whose history a recount goes through.' }),
    changes: z.array(
      z.object({
        slug: z.string(),
        change,
        version: z.int().openapi({ description: 'After publishing; that of a retired one is its last.' }),
        on_publish: z
          .enum(['recount', 'continue', 'restart'])
          .nullable()
          .openapi({ description: 'What publishing does with the history; null where it does nothing.' }),
        fields,
      }),
    ),
    xp_rules: z.array(z.object({ id: z.string(), change, fields })),
    ranks: z.array(z.object({ name: z.string(), change, fields })),
  })
  .openapi('PackDiff');

const route = createRoute({
  method: 'post',
  path: '/v1/admin/packs/{pack}/diff',
  summary: 'What publishing a pack would change',
  description: 'Field by field. Publishes nothing.',
  tags: ['definitions'],
  middleware: requireScope('definitions:publish'),
  request: packRequest,
  responses: {
    200: { description: 'What would change.', content: { 'application/json': { schema: diffSchema } } },
    ...problemResponses(400, 413, 422, 503),
  },
});

export function packDiffRoutes(app: OpenApiApp, ports: { publisher: PackPublisher }): void {
  app.openapi(route, async (c) => {
    const { pack: name } = c.req.valid('param');
    const { pack } = await readNamedPack(c, name);
    return c.json({ pack: name, ...view(await ports.publisher.diff(c.get('principal'), pack)) }, 200);
  });
}

function view({ plan, difference, users }: PlannedPublication): Omit<z.infer<typeof diffSchema>, 'pack'> {
  const versions = new Map(plan.changes.map(({ slug, version }) => [slug, version]));
  return {
    users,
    changes: difference.achievements.map(({ name, change: what, onPublish, fields: differing }) => ({
      slug: name,
      change: what,
      version: versions.get(name) ?? 0,
      on_publish: onPublish,
      fields: differing,
    })),
    xp_rules: difference.xpRules.map(({ name, ...rule }) => ({ id: name, ...rule })),
    ranks: difference.ranks,
  };
}
