import { formatInstant } from '@cairn/contracts';
import { requireScope } from '@cairn/runtime';
import { type Database, EVENT_TYPES_KEPT_MAX, listEventTypes } from '@cairn/store';
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { problemResponses } from '../../http/problemResponses.js';

const listSchema = z
  .object({
    items: z.array(
      z.object({
        type: z.string(),
        events: z.int().openapi({ description: 'Events in the log, duplicates that got as far as that included.' }),
        first_seen: z.iso.datetime().openapi({ description: 'The earliest `occurred_at`.' }),
        last_seen: z.iso.datetime().openapi({ description: 'The latest `occurred_at`.' }),
      }),
    ),
    next_cursor: z.null(),
  })
  .openapi('EventTypes');

const route = createRoute({
  method: 'get',
  path: '/v1/event-types',
  summary: 'Types of events that were received',
  description: `By name, at most ${EVENT_TYPES_KEPT_MAX}: events of further types are not counted. A second or two behind the log.`,
  tags: ['reads'],
  middleware: requireScope('definitions:publish', 'progress:read'),
  responses: {
    200: { description: 'All of them.', content: { 'application/json': { schema: listSchema } } },
    ...problemResponses(503),
  },
});

export function eventTypeRoutes(app: OpenApiApp, ports: { database: Database }): void {
  app.openapi(route, async (c) => {
    const rows = await listEventTypes(ports.database.pool, c.get('principal').tenantKey);
    const items = rows.map(({ type, events, firstSeen, lastSeen }) => ({
      type,
      events,
      first_seen: formatInstant(firstSeen),
      last_seen: formatInstant(lastSeen),
    }));
    return c.json({ items, next_cursor: null }, 200);
  });
}
