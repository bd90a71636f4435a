import { z } from '@hono/zod-openapi';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { describeEvents } from './eventPaths.js';
import { describeStream } from './streamPath.js';

const health = z.object({ status: z.string() });
const readiness = z.object({ status: z.string(), checks: z.record(z.string(), z.string()) });

/** `/openapi.json`: all of the HTTP interface, whichever service answers. To be called when every other route stands. */
export function openApiRoutes(app: OpenApiApp, { version }: { version: string }): void {
  describeEvents(app);
  describeStream(app);
  describeProbes(app);
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  let document: unknown;
  app.get('/openapi.json', (c) => {
    document ??= app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Cairn',
        version,
        description: 'An event-driven achievement engine.',
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
      security: [{ token: [] }],
    });
    return c.json(document as object);
  });
}

function describeProbes({ openAPIRegistry: registry }: OpenApiApp): void {
  const open = { method: 'get' as const, security: [], tags: ['operations'] };
  registry.registerPath({
    ...open,
    path: '/healthz',
    summary: 'Whether the process lives',
    responses: { 200: { description: 'It does.', content: { 'application/json': { schema: health } } } },
  });
  registry.registerPath({
    ...open,
    path: '/readyz',
    summary: 'Whether it can do its work',
    responses: {
      200: { description: 'It can.', content: { 'application/json': { schema: readiness } } },
      503: { description: 'It cannot; `checks` says why.', content: { 'application/json': { schema: readiness } } },
    },
  });
  registry.registerPath({
    ...open,
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    responses: { 200: { description: 'In its text format.', content: { 'text/plain': { schema: { type: 'string' } } } } },
  });
}
