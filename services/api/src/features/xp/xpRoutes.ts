import { formatInstant } from '@cairn/contracts';
import { decodeState, xpOf } from '@cairn/engine';
import { requireScope } from '@cairn/runtime';
import { type Database, type ListedXpEntry, listXpEntries, readUserState, resolveUser } from '@cairn/store';
import { createRoute, z } from '@hono/zod-openapi';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { xpCursor } from '../../http/logCursors.js';
import { pageQuery, userParam } from '../../http/params.js';
import { problemResponses } from '../../http/problemResponses.js';
import { PAGE_ITEMS_DEFAULT } from '../../limits.js';

const xpSchema = z
  .object({
    total: z.int(),
    rank: z.string().nullable().openapi({ description: 'The highest rank that the total reaches; null below the first.' }),
    entries: z.array(
      z
        .object({
          entry_id: z.string(),
          amount: z.int(),
          total_after: z.int(),
          reason: z.string().openapi({ description: '`unlock`, `rule`, `revocation` or `merge`.' }),
          slug: z.string().nullable(),
          level: z.string().nullable().openapi({ description: 'Of the unlock, where it has one.' }),
          period: z.string().nullable().openapi({ description: 'Of the unlock, where it repeats.' }),
          rule_id: z.string().nullable(),
          occurred_at: z.iso.datetime(),
          caused_by: z.string(),
        })
        .openapi('XpEntry'),
    ),
    next_cursor: z.string().nullable(),
  })
  .openapi('Xp');

const route = createRoute({
  method: 'get',
  path: '/v1/users/{user}/xp',
  summary: 'The XP of a user: total, rank and ledger',
  description:
    'Entries are newest first, in the order that they were booked in: each `total_after` follows from the entry below it, while ' +
    '`occurred_at`, the time of the event, jumps where events came late. The total is that of all entries, on every page.',
  tags: ['reads'],
  middleware: requireScope('progress:read', 'unlocks:read'),
  request: { params: z.object({ user: userParam }), query: pageQuery },
  responses: {
    200: {
      description: 'A page of the ledger; 0 and empty for a user that is not known.',
      content: { 'application/json': { schema: xpSchema } },
    },
    ...problemResponses(422, 503),
  },
});

export function xpRoutes(app: OpenApiApp, ports: { database: Database; catalogues: CatalogueCache }): void {
  const { database, catalogues } = ports;
  app.openapi(route, async (c) => {
    const { tenantKey } = c.get('principal');
    const userId = await resolveUser(database.pool, { tenantKey, userId: c.req.valid('param').user });
    const { limit = PAGE_ITEMS_DEFAULT, cursor } = c.req.valid('query');
    const after = cursor === undefined ? {} : { after: xpCursor.decode(cursor) };
    const [stored, catalogue, rows] = await Promise.all([
      readUserState(database.pool, { tenantKey, userId }),
      catalogues.get(tenantKey),
      listXpEntries(database.pool, { tenantKey, userId, limit: limit + 1, ...after }),
    ]);
    const bytes = stored?.state ?? null;
    const total = bytes === null ? 0 : xpOf(decodeState(bytes));
    const entries = rows.slice(0, limit);
    const last = rows.length > limit ? entries.at(-1) : undefined;
    const next = last === undefined ? null : xpCursor.encode(last);
    return c.json({ total, rank: catalogue.rankOf(total), entries: entries.map(toView), next_cursor: next }, 200);
  });
}

function toView(row: ListedXpEntry) {
  return {
    entry_id: row.entryId,
    amount: row.amount,
    total_after: row.totalAfter,
    reason: row.reason,
    slug: row.slug,
    level: row.level,
    period: row.period,
    rule_id: row.ruleId,
    occurred_at: formatInstant(row.occurredAt),
    caused_by: row.causedBy,
  };
}
