import { CairnError } from '@cairn/contracts';
import { requireScope } from '@cairn/runtime';
import { createRoute, z } from '@hono/zod-openapi';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { slugParam } from '../../http/params.js';
import { problemResponses } from '../../http/problemResponses.js';
import { achievementSchema, achievementView } from './achievementView.js';

const list = createRoute({
  method: 'get',
  path: '/v1/achievements',
  summary: 'The catalogue',
  description: 'All achievements in effect, in the order of slugs.',
  tags: ['reads'],
  middleware: requireScope('progress:read', 'unlocks:read'),
  responses: {
    200: {
      description: 'The whole of it.',
      content: {
        'application/json': { schema: z.object({ items: z.array(achievementSchema), next_cursor: z.null() }).openapi('Catalogue') },
      },
    },
    ...problemResponses(503),
  },
});

const one = createRoute({
  method: 'get',
  path: '/v1/achievements/{slug}',
  summary: 'One achievement',
  tags: ['reads'],
  middleware: requireScope('progress:read', 'unlocks:read'),
  request: { params: z.object({ slug: slugParam }) },
  responses: {
    200: { description: 'The version in effect.', content: { 'application/json': { schema: achievementSchema } } },
    ...problemResponses(404, 422, 503),
  },
});

export function catalogueRoutes(app: OpenApiApp, ports: { catalogues: CatalogueCache }): void {
  app.openapi(list, async (c) => {
    const { definitions } = await ports.catalogues.get(c.get('principal').tenantKey);
    return c.json({ items: [...definitions.values()].map(achievementView), next_cursor: null }, 200);
  });

  app.openapi(one, async (c) => {
    const { slug } = c.req.valid('param');
    const { definitions } = await ports.catalogues.get(c.get('principal').tenantKey);
    const published = definitions.get(slug);
    if (published === undefined) throw new CairnError('not_found', `there is no achievement "${slug}"`);
    return c.json(achievementView(published), 200);
  });
}
