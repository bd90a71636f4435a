import { type AppEnv, parseJsonBody, requireScope } from '@cairn/runtime';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { teamParam, userParam } from '../../http/params.js';
import { problemResponses } from '../../http/problemResponses.js';
import { GRANT_BYTES_MAX } from '../../limits.js';
import type { UnlockViews } from '../unlocks/UnlockViews.js';
import { unlockSchema } from '../unlocks/unlockSchema.js';
import type { HandAction, HandChanges } from './HandChanges.js';
import { type Holder, handRequestSchema, readHandRequest } from './HandRequest.js';

const answerSchema = z
  .object({
    result: z.enum(['granted', 'already_held', 'revoked', 'not_held']),
    sequence: z.int().nullable().openapi({ description: 'The place in the log; null where nothing was to be done.' }),
    in_effect: z.boolean(),
    unlock: unlockSchema.nullable().openapi({ description: 'As it is now.' }),
  })
  .openapi('HandChange');

const userParams = z.object({ user: userParam });
const teamParams = z.object({ team: teamParam });

function describe<Path extends string, Params extends typeof userParams | typeof teamParams>(path: Path, summary: string, params: Params) {
  return createRoute({
    method: 'post',
    path,
    summary,
    description: 'By hand, with a reason, audited. Waits until it is in effect, 30 seconds at most.',
    tags: ['by hand'],
    middleware: requireScope('grants:write'),
    request: {
      params,
      headers: z.object({ 'idempotency-key': z.string().optional().openapi({ description: 'The same key again has no further effect.' }) }),
      // Read by the handler itself, within a bound.
      body: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/HandRequest' } } } },
    },
    responses: {
      200: { description: 'What was done, or what was so already.', content: { 'application/json': { schema: answerSchema } } },
      202: { description: 'It is in the log, but not in effect yet.', content: { 'application/json': { schema: answerSchema } } },
      ...problemResponses(400, 413, 422, 503),
    },
  });
}

const RESULTS = {
  grant: { changed: 'granted', asIs: 'already_held' },
  revoke: { changed: 'revoked', asIs: 'not_held' },
} as const;

export function grantRoutes(app: OpenApiApp, ports: { changes: HandChanges; views: UnlockViews }): void {
  const { changes, views } = ports;
  app.openAPIRegistry.register('HandRequest', handRequestSchema);

  const apply = async (c: Context<AppEnv>, action: HandAction, holder: Holder) => {
    const by = c.get('principal');
    const request = readHandRequest(holder, await parseJsonBody(c, GRANT_BYTES_MAX), c.req.header('Idempotency-Key'));
    const change = await changes.apply(action, by, request);
    const [unlock = null] = change.unlock === null ? [] : await views.of(by, [change.unlock]);
    const result = RESULTS[action][change.isChanged ? 'changed' : 'asIs'];
    return { result, sequence: change.sequence, in_effect: change.isInEffect, unlock };
  };

  for (const [action, route] of [
    ['grant', describe('/v1/admin/users/{user}/grants', 'Grant an achievement', userParams)],
    ['revoke', describe('/v1/admin/users/{user}/revocations', 'Revoke an unlock', userParams)],
  ] as const) {
    app.openapi(route, async (c) => {
      const answer = await apply(c, action, { kind: 'user', id: c.req.valid('param').user });
      return answer.in_effect ? c.json(answer, 200) : c.json(answer, 202);
    });
  }
  for (const [action, route] of [
    ['grant', describe('/v1/admin/teams/{team}/grants', 'Grant an achievement to a team', teamParams)],
    ['revoke', describe('/v1/admin/teams/{team}/revocations', 'Revoke an unlock of a team', teamParams)],
  ] as const) {
    app.openapi(route, async (c) => {
      const answer = await apply(c, action, { kind: 'team', id: c.req.valid('param').team });
      return answer.in_effect ? c.json(answer, 200) : c.json(answer, 202);
    });
  }
}
