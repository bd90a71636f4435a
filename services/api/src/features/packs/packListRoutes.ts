import type { Catalogue } from '@cairn/engine';
import { packJsonSchema } from '@cairn/engine/authoring';
import { requireScope } from '@cairn/runtime';
import { createRoute, z } from '@hono/zod-openapi';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { problemResponses } from '../../http/problemResponses.js';

const listSchema = z
  .object({
    items: z.array(
      z.object({
        pack: z.string(),
        achievements: z.int(),
        xp_rules: z.int(),
        ranks: z.int(),
        sequence: z.int().openapi({ description: 'The place in the log at which it was last published.' }),
      }),
    ),
    tier_order: z.array(z.string()).openapi({ description: 'Plans of users, the least first: what `tier_required` may say.' }),
    next_cursor: z.null(),
  })
  .openapi('PackList');

const list = createRoute({
  method: 'get',
  path: '/v1/admin/packs',
  summary: 'The packs in effect',
  tags: ['definitions'],
  middleware: requireScope('definitions:publish', 'progress:read'),
  responses: {
    200: { description: 'All of them, by name.', content: { 'application/json': { schema: listSchema } } },
    ...problemResponses(503),
  },
});

const schema = createRoute({
  method: 'get',
  path: '/schemas/pack.json',
  summary: 'The JSON Schema of packs',
  description: 'Draft 2020-12, for editors. Needs no token.',
  tags: ['definitions'],
  responses: { 200: { description: 'The schema.', content: { 'application/schema+json': { schema: z.looseObject({}) } } } },
});

export function packListRoutes(app: OpenApiApp, ports: { catalogues: CatalogueCache }): void {
  app.openapi(list, async (c) => c.json(view(await ports.catalogues.get(c.get('principal').tenantKey)), 200));
  const text = JSON.stringify(packJsonSchema());
  app.openAPIRegistry.registerPath(schema);
  app.get(schema.getRoutingPath(), (c) =>
    c.body(text, 200, { 'Content-Type': 'application/schema+json', 'Access-Control-Allow-Origin': '*' }),
  );
}

function view({ packs, definitions, settings }: Catalogue): z.infer<typeof listSchema> {
  const items = [...packs.values()].map(({ pack, sequence, xpRules, ranks }) => ({
    pack,
    achievements: [...definitions.values()].filter((definition) => definition.pack === pack).length,
    xp_rules: xpRules.length,
    ranks: ranks.length,
    sequence,
  }));
  return { items, tier_order: [...settings.tierOrder], next_cursor: null };
}
