import { z } from '@hono/zod-openapi';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { problemResponses } from '../../http/problemResponses.js';

const EVENT = {
  type: 'object' as const,
  required: ['type', 'actor', 'occurred_at'],
  additionalProperties: false,
  description: 'Needs `event_id` or `idempotency_key`.',
  properties: {
    event_id: { type: 'string' as const, minLength: 1, maxLength: 128, description: 'Unique in the tenant.' },
    idempotency_key: { type: 'string' as const, minLength: 1, maxLength: 255 },
    type: { type: 'string' as const, pattern: '^[a-z0-9_]+(\\.[a-z0-9_]+){1,5}$', example: 'onboarding.step.completed' },
    actor: {
      type: 'object' as const,
      required: ['user_id'],
      additionalProperties: false,
      properties: {
        user_id: { type: 'string' as const, minLength: 1, maxLength: 128 },
        tenant_id: { type: 'string' as const, description: "Default: the caller's." },
        team_id: { type: 'string' as const },
      },
    },
    source: {
      type: 'object' as const,
      additionalProperties: false,
      properties: {
        platform: { type: 'string' as const, enum: ['linux', 'macos', 'windows', 'web', 'ci', 'server', 'other'], default: 'other' },
        app: { type: 'string' as const },
        ref: { type: 'string' as const, description: 'With user and type, the fingerprint that duplicates are told by.' },
        sdk: { type: 'string' as const },
        sdk_version: { type: 'string' as const },
      },
    },
    occurred_at: { type: 'string' as const, format: 'date-time' },
    properties: { type: 'object' as const, additionalProperties: true, description: 'At most 8 KiB and 4 deep.' },
    schema_version: { type: 'integer' as const, minimum: 1, default: 1 },
    backfill: {
      type: 'boolean' as const,
      default: false,
      description: 'It is told long after it happened: it counts, and what it unlocks is marked `backfilled` and silent.',
    },
  },
};

const CLOUD_EVENT = { type: 'object' as const, description: 'A CloudEvent 1.0.', additionalProperties: true };

const accepted = z
  .object({
    event_id: z.string().openapi({ description: "A duplicate's is that of the original." }),
    status: z.enum(['accepted', 'duplicate']),
    sequence: z.int().openapi({ description: 'Grows along the log; events of one entry share it.' }),
  })
  .openapi('AcceptedEvent');

const results = z
  .object({
    results: z.array(
      z.object({
        index: z.int(),
        event_id: z.string().nullable(),
        status: z.enum(['accepted', 'duplicate', 'rejected', 'conflict']),
        sequence: z.int().optional(),
        error: z
          .object({
            code: z.string(),
            message: z.string(),
            errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
          })
          .optional(),
      }),
    ),
  })
  .openapi('EventResults');

/** `POST /v1/events`, which the ingest service answers on the same origin. */
export function describeEvents({ openAPIRegistry: registry }: OpenApiApp): void {
  registry.registerComponent('schemas', 'Event', EVENT);
  const event = { $ref: '#/components/schemas/Event' };
  registry.registerPath({
    method: 'post',
    path: '/v1/events',
    summary: 'Send one event, or up to 1000',
    description: 'A 2xx means durable. CloudEvents are taken structured, in batches, and in binary mode with `ce-*` headers.',
    tags: ['events'],
    request: {
      headers: z.object({ 'idempotency-key': z.string().optional().openapi({ description: 'The `idempotency_key` of a single event.' }) }),
      body: {
        required: true,
        content: {
          'application/json': { schema: { oneOf: [event, { type: 'array', items: event, minItems: 1, maxItems: 1000 }] } },
          'application/cloudevents+json': { schema: CLOUD_EVENT },
          'application/cloudevents-batch+json': { schema: { type: 'array', items: CLOUD_EVENT } },
        },
      },
    },
    responses: {
      200: { description: 'Of an array: what became of each.', content: { 'application/json': { schema: results } } },
      202: { description: 'Of a single event: it is durable, or was before.', content: { 'application/json': { schema: accepted } } },
      ...problemResponses(400, 413, 415, 422, 429, 503),
    },
  });
}
