import { partitionOf } from '@cairn/contracts';
import { decodeState, decodeTeamState, emptyState, type ProgressItem, progress, shownAt } from '@cairn/engine';
import { requireScope } from '@cairn/runtime';
import { type Database, listRecounts, readUserState, resolveUser } from '@cairn/store';
import { createRoute, z } from '@hono/zod-openapi';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { teamParam, userParam } from '../../http/params.js';
import { problemResponses } from '../../http/problemResponses.js';
import type { LogTime } from '../../log/LogTime.js';
import { recountingSlugs } from '../../log/recountingSlugs.js';

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
          recounting: z
            .literal(true)
            .optional()
            .openapi({ description: 'A new version is still being evaluated over the history: the value is not its last word.' }),
        })
        .openapi('ProgressItem'),
    ),
  })
  .extend({
    known: z
      .literal(false)
      .optional()
      .openapi({ description: 'Only where no event of this user or team was ever seen, nor anything granted: the name may be wrong.' }),
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

export interface ProgressPorts {
  database: Database;
  catalogues: CatalogueCache;
  time: LogTime;
  /** Of the install. */
  partitions: number;
}

const NONE: ReadonlySet<string> = new Set();

export function progressRoutes(app: OpenApiApp, ports: ProgressPorts): void {
  app.openapi(ofTeam, async (c) => {
    const { tenantKey } = c.get('principal');
    const { team } = c.req.valid('param');
    const [stored, catalogue, tick] = await Promise.all([
      readUserState(ports.database.pool, { tenantKey, userId: team, kind: 'team' }),
      ports.catalogues.get(tenantKey),
      ports.time.read(),
    ]);
    const bytes = stored?.state ?? null;
    const state = bytes === null ? emptyState() : decodeTeamState(bytes);
    const { ofTeams } = catalogue;
    return c.json({ items: progress(ofTeams, state, shownAt(ofTeams, state, tick)).map(toView), ...knownOf(stored) }, 200);
  });

  app.openapi(ofUser, async (c) => {
    const { tenantId, tenantKey } = c.get('principal');
    const user = await resolveUser(ports.database.pool, { tenantKey, userId: c.req.valid('param').user });
    const partition = partitionOf(tenantId, user, ports.partitions);
    // Before the state: what is merged in between is in it.
    const pending = await listRecounts(ports.database.pool, { tenantKey, partition });
    const [stored, catalogue, tick] = await Promise.all([
      readUserState(ports.database.pool, { tenantKey, userId: user }),
      ports.catalogues.get(tenantKey),
      ports.time.read(),
    ]);
    const recounting = pending.length === 0 ? NONE : recountingSlugs(catalogue, user, pending);
    const bytes = stored?.state ?? null;
    const state = bytes === null ? emptyState() : decodeState(bytes);
    const items = progress(catalogue, state, shownAt(catalogue, state, tick)).map((item) => ({
      ...toView(item),
      ...(recounting.has(item.slug) ? { recounting: true as const } : {}),
    }));
    return c.json({ items, ...knownOf(stored) }, 200);
  });
}

/** Said only where it is not so: an answer about somebody who is known is what it always was. */
function knownOf(stored: object | null): { known?: false } {
  return stored === null ? { known: false } : {};
}

function toView({ level, period, ...item }: ProgressItem) {
  return { ...item, ...(level === null ? {} : { level }), ...(period === null ? {} : { period }) };
}
