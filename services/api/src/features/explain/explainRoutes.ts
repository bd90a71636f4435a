import { CairnError } from '@cairn/contracts';
import { decodeState, emptyState, explain } from '@cairn/engine';
import { type Principal, requireScope } from '@cairn/runtime';
import { type Database, listUserUnlocks, readUserState } from '@cairn/store';
import { createRoute, z } from '@hono/zod-openapi';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { slugParam, userParam } from '../../http/params.js';
import { problemResponses } from '../../http/problemResponses.js';
import { EXPLAIN_EVENTS_MAX, EXPLANATIONS_MAX, EXPLANATIONS_WAITING_MAX, PAGE_ITEMS_MAX } from '../../limits.js';
import type { HistoryReader } from '../../log/HistoryReader.js';
import type { UnlockViews } from '../unlocks/UnlockViews.js';
import { BoundedTurns } from './BoundedTurns.js';
import { explanationSchema, explanationView } from './explanationView.js';

const route = createRoute({
  method: 'get',
  path: '/v1/users/{user}/achievements/{slug}/explain',
  summary: 'Why a user has an achievement, or why not yet',
  description: `Replays the newest ${EXPLAIN_EVENTS_MAX} events of the user through the engine.`,
  tags: ['reads'],
  middleware: requireScope('progress:read', 'unlocks:read'),
  request: { params: z.object({ user: userParam, slug: slugParam }) },
  responses: {
    200: { description: 'The explanation.', content: { 'application/json': { schema: explanationSchema } } },
    ...problemResponses(404, 422, 429, 503),
  },
});

export interface ExplainPorts {
  database: Database;
  catalogues: CatalogueCache;
  history: HistoryReader;
  views: UnlockViews;
  now: () => number;
  /** Of the newest events that are replayed. */
  eventsMax: number;
}

export function explainRoutes(app: OpenApiApp, ports: ExplainPorts): void {
  const turns = new BoundedTurns({ atOnceMax: EXPLANATIONS_MAX, waitingMax: EXPLANATIONS_WAITING_MAX });
  app.openapi(route, async (c) => {
    const { user, slug } = c.req.valid('param');
    const tenant = c.get('principal');
    return c.json(await turns.run(() => explainFor(ports, tenant, { userId: user, slug })), 200);
  });
}

async function explainFor(
  { database, catalogues, history, views, now, eventsMax }: ExplainPorts,
  tenant: Principal,
  of: { userId: string; slug: string },
): Promise<z.infer<typeof explanationSchema>> {
  const { tenantKey } = tenant;
  const { userId, slug } = of;
  const catalogue = await catalogues.get(tenantKey);
  if (!catalogue.definitions.has(slug)) throw new CairnError('not_found', `there is no achievement "${slug}"`);
  const [stored, past, unlocks] = await Promise.all([
    readUserState(database.pool, { tenantKey, userId }),
    history.read({ tenantKey, userId }, eventsMax),
    listUserUnlocks(database.pool, { tenantKey, userId, slug, limit: PAGE_ITEMS_MAX, revoked: 'include' }),
  ]);
  const bytes = stored?.state ?? null;
  const state = bytes === null ? emptyState() : decodeState(bytes);
  const explained = explain(catalogue, slug, { history: past.events, now: now(), state });
  if (explained === null) throw new CairnError('not_found', `there is no achievement "${slug}"`);
  return explanationView(explained, { unlocks: await views.of(tenant, unlocks), history: past });
}
