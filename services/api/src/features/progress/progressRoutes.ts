import { decodeState, decodeTeamState, emptyState, type ProgressItem, progress } from '@cairn/engine';
import { requireScope } from '@cairn/runtime';
import { type Database, readUserState } from '@cairn/store';
import { createRoute, z } from '@hono/zod-openapi';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { teamParam, userParam } from '../../http/params.js';
import { problemResponses } from '../../http/problemResponses.js';

const progressSchema = z
  .object({
    items: z.array(
      z
        .object({
          slug: z.string(),
          name: z.string(),
          status: z.enum(['locked', 'progressing', 'unlocked']),
          value: z.number(),
          threshold: z.number().openapi({ description: 'The next to reach; the last where all are.' }),
          level: z.string().optional().openapi({ description: 'The highest level that is held.' }),
          period: z.string().optional().openapi({ description: 'The current period, where it has one.' }),
          eligible: z.boolean().openapi({ description: 'Whether it could unlock now, by plan and consent.' }),
        })
        .openapi('ProgressItem'),
    ),
  })
  .openapi('Progress');

const ofUser = createRoute({
  method: 'get',
  path: '/v1/users/{user}/progress',
  summary: 'How far a user is with each achievement',
  description: 'In the order of slugs. For a user that is not known, everything is locked at 0.',
  tags: ['reads'],
  middleware: requireScope('progress:read'),
  request: { params: z.object({ user: userParam }) },
  responses: {
    200: { description: 'Every achievement of users in the catalogue.', content: { 'application/json': { schema: progressSchema } } },
    ...problemResponses(422, 503),
  },
});

const ofTeam = createRoute({
  method: 'get',
  path: '/v1/teams/{team}/progress',
  summary: 'How far a team is with each of its achievements',
  description: 'Achievements of `scope: team`, in the order of slugs. For a team that is not known, everything is locked at 0.',
  tags: ['reads'],
  middleware: requireScope('progress:read'),
  request: { params: z.object({ team: teamParam }) },
  responses: {
    200: { description: 'Every achievement of teams in the catalogue.', content: { 'application/json': { schema: progressSchema } } },
    ...problemResponses(422, 503),
  },
});

export function progressRoutes(app: OpenApiApp, ports: { database: Database; catalogues: CatalogueCache; now: () => number }): void {
  app.openapi(ofTeam, async (c) => {
    const { tenantKey } = c.get('principal');
    const { team } = c.req.valid('param');
    const [stored, catalogue] = await Promise.all([
      readUserState(ports.database.pool, { tenantKey, userId: team, kind: 'team' }),
      ports.catalogues.get(tenantKey),
    ]);
    const bytes = stored?.state ?? null;
    const state = bytes === null ? emptyState() : decodeTeamState(bytes);
    return c.json({ items: progress(catalogue.ofTeams, state, ports.now()).map(toView) }, 200);
  });

  app.openapi(ofUser, async (c) => {
    const { tenantKey } = c.get('principal');
    const { user } = c.req.valid('param');
    const [stored, catalogue] = await Promise.all([
      readUserState(ports.database.pool, { tenantKey, userId: user }),
      ports.catalogues.get(tenantKey),
    ]);
    const bytes = stored?.state ?? null;
    const state = bytes === null ? emptyState() : decodeState(bytes);
    return c.json({ items: progress(catalogue, state, ports.now()).map(toView) }, 200);
  });
}

function toView({ level, period, ...item }: ProgressItem) {
  return { ...item, ...(level === null ? {} : { level }), ...(period === null ? {} : { period }) };
}
