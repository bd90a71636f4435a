import { CairnError, formatInstant, isTenantId } from '@cairn/contracts';
import { parseJsonBody, requireScope } from '@cairn/runtime';
import type { TenantMerge } from '@cairn/store';
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { problemResponses } from '../../http/problemResponses.js';
import { reasonField } from '../../http/reasonField.js';
import { GRANT_BYTES_MAX } from '../../limits.js';
import { OPERATOR_SCOPE } from '../deadLetters/maySee.js';
import type { TenantMerges } from './TenantMerges.js';

const TAGS = ['by hand'];
const tenantId = z.string().refine(isTenantId, 'has to be 1 to 63 characters: a-z, 0-9, _ and -');
const requestSchema = z.strictObject({
  into: tenantId.openapi({ description: 'The tenant that goes on.', example: 'engineering' }),
  reason: reasonField('Kept in the audit and in the log.'),
});

const historySchema = z
  .object({
    events: z.int().openapi({ description: 'Events of the history that came along so far.' }),
    progress: z.number().openapi({ description: '0 to 1.' }),
    finished_at: z.string().nullable(),
  })
  .openapi('TenantHistory');

const mergeSchema = z
  .object({
    tenant_id: z.string(),
    into: z.string(),
    sequence: z.int().openapi({ description: 'The place in the log: what comes behind it is of the tenant that goes on.' }),
    merged_at: z.string(),
    history: historySchema,
  })
  .openapi('TenantMerge');

const answerSchema = z
  .object({
    result: z.enum(['merged', 'already_merged']),
    tenant_id: z.string(),
    into: z.string(),
    sequence: z.int(),
    in_effect: z.boolean(),
    history: historySchema.nullable().openapi({ description: 'null while it is not in effect.' }),
  })
  .openapi('TenantMergeAnswer');

const params = z.object({ tenant: tenantId.openapi({ param: { name: 'tenant', in: 'path' } }) });

const merge = createRoute({
  method: 'post',
  path: '/v1/admin/tenants/{tenant}/merges',
  summary: 'Merge a tenant into another',
  description:
    'From its place in the log on, what is sent for the one is of the other; what counted before comes along in the background, and counts ' +
    'by the definitions of the other. Who was in both is one person. Audited, silent, and for good. Waits until it is in effect, 30 seconds at most.',
  tags: TAGS,
  middleware: requireScope(OPERATOR_SCOPE),
  request: {
    params,
    // Read by the handler itself, within a bound.
    body: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/TenantMergeRequest' } } } },
  },
  responses: {
    200: { description: 'They are one.', content: { 'application/json': { schema: answerSchema } } },
    202: { description: 'It is in the log, but not in effect yet.', content: { 'application/json': { schema: answerSchema } } },
    ...problemResponses(400, 404, 409, 413, 422, 503),
  },
});

const show = createRoute({
  method: 'get',
  path: '/v1/admin/tenants/{tenant}/merge',
  summary: 'What a tenant was merged into, and how far its history has come along',
  tags: TAGS,
  middleware: requireScope(OPERATOR_SCOPE),
  request: { params },
  responses: {
    200: { description: 'It was merged.', content: { 'application/json': { schema: mergeSchema } } },
    ...problemResponses(404, 422, 503),
  },
});

export function tenantMergeRoutes(app: OpenApiApp, { merges }: { merges: TenantMerges }): void {
  app.openAPIRegistry.register('TenantMergeRequest', requestSchema);

  app.openapi(merge, async (c) => {
    const { tenant: from } = c.req.valid('param');
    const { into, reason } = read(await parseJsonBody(c, GRANT_BYTES_MAX));
    const done = await merges.apply(c.get('principal'), { from, into, reason });
    const answer = {
      result: done.isChanged ? ('merged' as const) : ('already_merged' as const),
      tenant_id: from,
      into,
      sequence: done.sequence,
      in_effect: done.isInEffect,
      history: done.merge === null ? null : historyView(done.merge),
    };
    return done.isInEffect ? c.json(answer, 200) : c.json(answer, 202);
  });
  app.openapi(show, async (c) => {
    const found = await merges.find(c.req.valid('param').tenant);
    const { tenantId: tenant_id, intoTenant: into, logSeq: sequence, at } = found;
    return c.json({ tenant_id, into, sequence, merged_at: formatInstant(at), history: historyView(found) }, 200);
  });
}

function historyView({ events, finishedAt, scannedSeq, logSeq }: TenantMerge): z.infer<typeof historySchema> {
  const isFinished = finishedAt !== null;
  return { events, progress: isFinished ? 1 : scannedSeq / logSeq, finished_at: isFinished ? formatInstant(finishedAt) : null };
}

function read(body: unknown): z.infer<typeof requestSchema> {
  const parsed = requestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({ field: issue.path.join('.') || 'body', message: issue.message }));
  throw new CairnError('invalid_request', errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
}
