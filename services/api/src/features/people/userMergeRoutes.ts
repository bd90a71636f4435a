import { CairnError, isUserId } from '@cairn/contracts';
import { type AppEnv, parseJsonBody, requireScope } from '@cairn/runtime';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { userParam } from '../../http/params.js';
import { problemResponses } from '../../http/problemResponses.js';
import { reasonField } from '../../http/reasonField.js';
import { GRANT_BYTES_MAX } from '../../limits.js';
import type { UserMerges } from './UserMerges.js';

const userId = z.string().refine(isUserId, 'has to be 1 to 128 characters without control characters');
const reason = reasonField('Kept in the audit and in the log.');
const mergeSchema = z.strictObject({ into: userId.openapi({ description: 'Who goes on.', example: 'ada.lovelace' }), reason });
const renameSchema = z.strictObject({ to: userId.openapi({ description: 'The new id, which nobody has.', example: 'ada.king' }), reason });

const answerSchema = z
  .object({
    result: z.enum(['merged', 'renamed', 'already_merged']),
    user_id: z.string().openapi({ description: 'Who both ids lead to.' }),
    alias: z.string(),
    sequence: z.int().nullable().openapi({ description: 'The place in the log; null where nothing was to be done.' }),
    in_effect: z.boolean(),
  })
  .openapi('UserMerge');

const params = z.object({ user: userParam });

const merges = createRoute({
  method: 'post',
  path: '/v1/admin/users/{user}/merges',
  summary: 'Merge a user into another',
  description:
    'Both ids lead to one user from then on, who has what both have together; nothing is paid twice. Audited, silent, and for good. ' +
    'Waits until it is in effect, 30 seconds at most.',
  tags: ['by hand'],
  middleware: requireScope('grants:write'),
  request: { params, body: bodyOf('MergeRequest') },
  responses: responses('They are one.'),
});

const renames = createRoute({
  method: 'post',
  path: '/v1/admin/users/{user}/renames',
  summary: 'Rename a user',
  description: 'The old id stays an alias of the new one. Audited, silent, and for good. Waits until it is in effect, 30 seconds at most.',
  tags: ['by hand'],
  middleware: requireScope('grants:write'),
  request: { params, body: bodyOf('RenameRequest') },
  responses: responses('The user has the new id.'),
});

export function userMergeRoutes(app: OpenApiApp, ports: { merges: UserMerges }): void {
  app.openAPIRegistry.register('MergeRequest', mergeSchema);
  app.openAPIRegistry.register('RenameRequest', renameSchema);

  const apply = async (c: Context<AppEnv>, asked: Omit<Parameters<UserMerges['apply']>[1], 'from'> & { from: string }) => {
    const done = await ports.merges.apply(c.get('principal'), asked);
    const changed = asked.asks === 'rename' ? ('renamed' as const) : ('merged' as const);
    const result = done.isChanged ? changed : ('already_merged' as const);
    return { result, user_id: done.userId, alias: asked.from, sequence: done.sequence, in_effect: done.isInEffect };
  };

  app.openapi(merges, async (c) => {
    const { into, reason: why } = read(mergeSchema, await parseJsonBody(c, GRANT_BYTES_MAX));
    const answer = await apply(c, { from: c.req.valid('param').user, into, reason: why, asks: 'merge' });
    return answer.in_effect ? c.json(answer, 200) : c.json(answer, 202);
  });
  app.openapi(renames, async (c) => {
    const { to, reason: why } = read(renameSchema, await parseJsonBody(c, GRANT_BYTES_MAX));
    const answer = await apply(c, { from: c.req.valid('param').user, into: to, reason: why, asks: 'rename' });
    return answer.in_effect ? c.json(answer, 200) : c.json(answer, 202);
  });
}

/** Read by the handler itself, within a bound. */
function bodyOf(schema: string) {
  return { required: true, content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } } };
}

function responses(description: string) {
  return {
    200: { description, content: { 'application/json': { schema: answerSchema } } },
    202: { description: 'It is in the log, but not in effect yet.', content: { 'application/json': { schema: answerSchema } } },
    ...problemResponses(400, 404, 409, 413, 422, 503),
  };
}

function read<Shape extends z.ZodType>(schema: Shape, body: unknown): z.infer<Shape> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({ field: issue.path.join('.') || 'body', message: issue.message }));
  throw new CairnError('invalid_request', errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { errors });
}
