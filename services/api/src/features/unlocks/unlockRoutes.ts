import { type Principal, requireScope } from '@cairn/runtime';
import { type Database, listTenantUnlocks, listUserUnlocks, resolveUser } from '@cairn/store';
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { tenantUnlocksCursor, userUnlocksCursor } from '../../http/logCursors.js';
import { pageQuery, revokedQuery, teamParam, userParam } from '../../http/params.js';
import { problemResponses } from '../../http/problemResponses.js';
import { PAGE_ITEMS_DEFAULT } from '../../limits.js';
import type { LogStanding } from '../../log/LogStanding.js';
import type { UnlockViews } from './UnlockViews.js';
import { unlockSchema } from './unlockSchema.js';

const page = z.object({ items: z.array(unlockSchema), next_cursor: z.string().nullable() }).openapi('UnlockPage');
const followedPage = page
  .extend({ end_cursor: z.string().nullable().openapi({ description: 'The place behind the last item, to go on from later.' }) })
  .openapi('FollowedUnlockPage');
const query = pageQuery.extend({ revoked: revokedQuery });

const userUnlocks = createRoute({
  method: 'get',
  path: '/v1/users/{user}/unlocks',
  summary: 'The unlocks of a user, newest first',
  tags: ['reads'],
  middleware: requireScope('progress:read', 'unlocks:read'),
  request: { params: z.object({ user: userParam }), query },
  responses: {
    200: { description: 'A page; empty for a user that is not known.', content: { 'application/json': { schema: page } } },
    ...problemResponses(422, 503),
  },
});

const teamUnlocks = createRoute({
  method: 'get',
  path: '/v1/teams/{team}/unlocks',
  summary: 'The unlocks of a team, newest first',
  tags: ['reads'],
  middleware: requireScope('progress:read', 'unlocks:read'),
  request: { params: z.object({ team: teamParam }), query },
  responses: {
    200: { description: 'A page; empty for a team that is not known.', content: { 'application/json': { schema: page } } },
    ...problemResponses(422, 503),
  },
});

const tenantUnlocks = createRoute({
  method: 'get',
  path: '/v1/unlocks',
  summary: 'The unlocks of the tenant, oldest first',
  description:
    'In the order of the log, and only as far as every partition is evaluated: whoever follows the cursors misses none. ' +
    'A page whose `next_cursor` is null is the end for now; `end_cursor` is where to go on from later.',
  tags: ['reads'],
  middleware: requireScope('unlocks:read'),
  request: { query },
  responses: {
    200: { description: 'A page.', content: { 'application/json': { schema: followedPage } } },
    ...problemResponses(422, 503),
  },
});

export function unlockRoutes(app: OpenApiApp, ports: { database: Database; views: UnlockViews; standing: LogStanding }): void {
  const { database, views, standing } = ports;

  const pageOf = async (tenant: Principal, of: { kind: 'user' | 'team'; id: string; query: z.infer<typeof query> }) => {
    const { limit = PAGE_ITEMS_DEFAULT, cursor, revoked = 'exclude' } = of.query;
    const rows = await listUserUnlocks(database.pool, {
      tenantKey: tenant.tenantKey,
      kind: of.kind,
      userId: of.id,
      limit: limit + 1,
      revoked,
      ...(cursor === undefined ? {} : { after: userUnlocksCursor.decode(cursor) }),
    });
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    const next = last === undefined ? null : userUnlocksCursor.encode(last);
    return { items: await views.of(tenant, items), next_cursor: next };
  };

  app.openapi(userUnlocks, async (c) => {
    const { tenantKey } = c.get('principal');
    const id = await resolveUser(database.pool, { tenantKey, userId: c.req.valid('param').user });
    return c.json(await pageOf(c.get('principal'), { kind: 'user', id, query: c.req.valid('query') }), 200);
  });

  app.openapi(teamUnlocks, async (c) => {
    const { team } = c.req.valid('param');
    return c.json(await pageOf(c.get('principal'), { kind: 'team', id: team, query: c.req.valid('query') }), 200);
  });

  app.openapi(tenantUnlocks, async (c) => {
    const tenant = c.get('principal');
    const { limit = PAGE_ITEMS_DEFAULT, cursor, revoked = 'exclude' } = c.req.valid('query');
    const after = cursor === undefined ? undefined : tenantUnlocksCursor.decode(cursor);
    const { evaluatedSequence, recounts } = await standing.read();
    // What a recount unlocks takes its place in the log from its publication on.
    const pending = recounts.filter(({ tenantKey }) => tenantKey === tenant.tenantKey).map(({ logSeq }) => logSeq - 1);
    const rows = await listTenantUnlocks(database.pool, {
      tenantKey: tenant.tenantKey,
      watermark: Math.min(evaluatedSequence, ...pending),
      limit: limit + 1,
      revoked,
      ...(after === undefined ? {} : { after }),
    });
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const end = last === undefined ? (cursor ?? null) : tenantUnlocksCursor.encode(last);
    const next = rows.length > limit ? end : null;
    return c.json({ items: await views.of(tenant, items), next_cursor: next, end_cursor: end }, 200);
  });
}
