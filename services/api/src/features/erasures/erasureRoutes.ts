import { CairnError } from '@cairn/contracts';
import { parseJsonBody, requireScope } from '@cairn/runtime';
import { type Database, type Erasure, findErasures } from '@cairn/store';
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { CursorCodec } from '../../http/cursor.js';
import { pageQuery, userParam } from '../../http/params.js';
import { problemResponses } from '../../http/problemResponses.js';
import { reasonField } from '../../http/reasonField.js';
import { GRANT_BYTES_MAX, PAGE_ITEMS_DEFAULT } from '../../limits.js';
import { eraseEverywhere } from './eraseEverywhere.js';
import { erasureSchema, erasureView } from './erasureView.js';

const TAGS = ['by hand'];
const requestSchema = z.strictObject({
  reason: reasonField('Kept in the audit for good: name nobody.'),
});

const erase = createRoute({
  method: 'delete',
  path: '/v1/admin/users/{user}',
  summary: 'Erase a user',
  description:
    'Everything that names them is taken from the database, the log, the public door and the dead letters, under all ids that lead to ' +
    'them; what others did stays. It cannot be taken back, and who comes under that id later is somebody new. It goes on by itself: see the erasure. ' +
    'Archives are files of yours: `cairn archive erase`. Asked again meanwhile, it is the same erasure.',
  tags: TAGS,
  middleware: requireScope('grants:write'),
  request: {
    params: z.object({ user: userParam }),
    // Read by the handler itself, within a bound.
    body: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/ErasureRequest' } } } },
  },
  responses: {
    202: { description: 'It is begun.', content: { 'application/json': { schema: erasureSchema } } },
    ...problemResponses(400, 413, 422, 503),
  },
});

const show = createRoute({
  method: 'get',
  path: '/v1/admin/erasures/{erasure_id}',
  summary: 'How far an erasure is',
  tags: TAGS,
  middleware: requireScope('grants:write'),
  request: { params: z.object({ erasure_id: z.uuid().openapi({ param: { name: 'erasure_id', in: 'path' } }) }) },
  responses: {
    200: { description: 'It does not say who.', content: { 'application/json': { schema: erasureSchema } } },
    ...problemResponses(404, 422, 503),
  },
});

const list = createRoute({
  method: 'get',
  path: '/v1/admin/erasures',
  summary: 'Erasures, newest first',
  tags: TAGS,
  middleware: requireScope('grants:write'),
  request: { query: pageQuery },
  responses: {
    200: {
      description: 'A page.',
      content: {
        'application/json': {
          schema: z.object({ items: z.array(erasureSchema), next_cursor: z.string().nullable() }).openapi('ErasurePage'),
        },
      },
    },
    ...problemResponses(422, 503),
  },
});

const cursors = new CursorCodec('erasures', z.object({ requestedAt: z.number(), erasureId: z.uuid() }));

export function erasureRoutes(app: OpenApiApp, { database: { pool } }: { database: Database }): void {
  app.openAPIRegistry.register('ErasureRequest', requestSchema);
  const find = async (tenantKey: number, erasureId: string): Promise<Erasure> => {
    const [erasure] = await findErasures(pool, { tenantKey, erasureId, limit: 1 });
    if (erasure === undefined) throw new CairnError('not_found', `there is no erasure "${erasureId}"`);
    return erasure;
  };

  app.openapi(erase, async (c) => {
    const by = c.get('principal');
    const { user: userId } = c.req.valid('param');
    const reason = readReason(await parseJsonBody(c, GRANT_BYTES_MAX));
    const erasureId = await eraseEverywhere(pool, by, { userId, reason });
    return c.json(erasureView(await find(by.tenantKey, erasureId)), 202);
  });
  app.openapi(show, async (c) => {
    const erasure = await find(c.get('principal').tenantKey, c.req.valid('param').erasure_id);
    return c.json(erasureView(erasure), 200);
  });
  app.openapi(list, async (c) => {
    const { limit = PAGE_ITEMS_DEFAULT, cursor } = c.req.valid('query');
    const after = cursor === undefined ? {} : { after: cursors.decode(cursor) };
    const found = await findErasures(pool, { tenantKey: c.get('principal').tenantKey, limit: limit + 1, ...after });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const next = found.length > limit && last !== undefined ? cursors.encode(last) : null;
    return c.json({ items: items.map(erasureView), next_cursor: next }, 200);
  });
}

function readReason(body: unknown): string {
  const parsed = requestSchema.safeParse(body);
  if (parsed.success) return parsed.data.reason;
  const errors = parsed.error.issues.map((issue) => ({ field: issue.path.join('.') || 'body', message: issue.message }));
  throw new CairnError('invalid_request', errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
}
