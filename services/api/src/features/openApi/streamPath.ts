import { z } from '@hono/zod-openapi';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { problemResponses } from '../../http/problemResponses.js';

const flag = (name: string, description: string) =>
  z
    .enum(['true', 'false'])
    .optional()
    .openapi({ param: { name, in: 'query' }, description });

/** `GET /v1/stream`, which the notifier answers on the same origin. */
export function describeStream({ openAPIRegistry: registry }: OpenApiApp): void {
  registry.registerPath({
    method: 'get',
    path: '/v1/stream',
    summary: 'Unlocks, revocations and progress as they happen',
    description:
      'Server-sent events. `unlock` and `revoke` carry an unlock and an id to resume by; `progress` carries the progress of one user ' +
      'and achievement, and no id. `ready` says that whatever happens from now on arrives; `reset` that the id to resume by is not in the ' +
      'stream any more, and that all follows that is.',
    tags: ['live'],
    request: {
      query: z.object({
        user: z
          .string()
          .optional()
          .openapi({ param: { name: 'user', in: 'query' }, description: 'One user; without it, all of the tenant.' }),
        progress: flag('progress', 'Whether progress is sent. Default: where a user is given.'),
        backfilled: flag(
          'backfilled',
          'Whether unlocks are sent that a new version awarded over the history, or backfilled events. Default: false.',
        ),
        last_event_id: z
          .string()
          .optional()
          .openapi({
            param: { name: 'last_event_id', in: 'query' },
            description: 'As the header, for who cannot set one. 0: all that there is.',
          }),
      }),
      headers: z.object({ 'last-event-id': z.string().optional().openapi({ description: 'The id to resume behind.' }) }),
    },
    responses: {
      200: { description: 'The stream; it has no end.', content: { 'text/event-stream': { schema: { type: 'string' } } } },
      ...problemResponses(422, 429, 503),
    },
  });
}
