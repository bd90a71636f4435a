import type { ServerResponse } from 'node:http';
import { CairnError } from '@cairn/contracts';
import { type AppEnv, requireScope } from '@cairn/runtime';
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { problemResponses } from '../../http/problemResponses.js';
import { packRequest, readNamedPack } from '../packs/packRequest.js';
import type { Previewer } from './Previewer.js';
import { parseSince } from './parseSince.js';
import { previewLines } from './previewLines.js';
import { previewSchema, previewView } from './previewView.js';

const NDJSON = 'application/x-ndjson';

const route = createRoute({
  method: 'post',
  path: '/v1/admin/packs/{pack}/preview',
  summary: 'Who would unlock what, before publishing',
  description:
    'Folds the draft over the history as a recount would. Publishes nothing. One at a time for a tenant. With `Accept: application/x-ndjson` ' +
    'lines `{"progress": {"read", "of"}}` come first (entries of the log), then `{"report": …}`, or `{"error": …}` where it cannot go on.',
  tags: ['definitions'],
  request: {
    params: packRequest.params,
    query: z.object({
      since: z
        .string()
        .optional()
        .openapi({
          param: { name: 'since', in: 'query' },
          description: 'Only events that occurred since then: `90d`, `12h` or `4w` before now, or an instant. All of them without it.',
          example: '90d',
        }),
    }),
    body: packRequest.body,
  },
  responses: {
    200: {
      description: 'The report.',
      content: { 'application/json': { schema: previewSchema }, [NDJSON]: { schema: z.string() } },
    },
    ...problemResponses(400, 413, 422, 429, 503),
  },
});

export function previewRoutes(app: OpenApiApp, ports: { previewer: Previewer; now: () => number }): void {
  // Described here and checked by hand: a typed route knows no answer that streams.
  app.openAPIRegistry.registerPath(route);
  app.post(route.getRoutingPath(), requireScope('definitions:publish'), async (c) => {
    const { pack } = await readNamedPack(c, c.req.param('pack'));
    const since = readSince(c.req.query('since'), ports.now());
    const begun = await ports.previewer.begin({ tenant: c.get('principal'), pack, since, signal: goneSignal(c) });
    if (c.req.header('Accept')?.includes(NDJSON) === true)
      return c.body(previewLines(begun, c.get('log')), 200, {
        'Content-Type': NDJSON,
        'Cache-Control': 'no-cache, no-transform',
        'X-Accel-Buffering': 'no',
      });
    const report = await begun.run(() => undefined);
    if (report === null)
      throw new CairnError('unavailable', 'the preview was ended before it was done: try again', { retryAfterSeconds: 5 });
    return c.json(previewView(report), 200);
  });
}

function readSince(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  const since = parseSince(text, now);
  if (since !== null) return since;
  const message = 'has to be a time like 90d, 12h or 4w, or an instant like 2026-04-12T10:15:00Z';
  throw new CairnError('invalid_request', `since ${message}`, { errors: [{ field: 'since', message }] });
}

/** Aborted once nobody waits for the answer any more. */
function goneSignal(c: Context<AppEnv>): AbortSignal {
  const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
  if (outgoing === undefined) return c.req.raw.signal;
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  if (outgoing.destroyed) gone.abort();
  return gone.signal;
}
