import { CairnError } from '@cairn/contracts';
import { parseJsonBody, requireScope } from '@cairn/runtime';
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenApiApp } from '../../http/createOpenApiApp.js';
import { pageQuery } from '../../http/params.js';
import { problemResponses } from '../../http/problemResponses.js';
import { LETTERS_REQUEST_BYTES_MAX, PAGE_ITEMS_DEFAULT } from '../../limits.js';
import type { LetterActions, LetterChoice, LetterOutcome } from './LetterActions.js';
import type { LetterBox } from './LetterBox.js';
import { choiceCursor, choiceOf, discardRequestSchema, lettersCursor, readLetterRequest, redriveRequestSchema } from './LetterRequest.js';
import { letterAdvice } from './letterAdvice.js';
import { letterDetailSchema, letterDetailView, letterSchema, letterView } from './letterView.js';
import { maySee, OPERATOR_SCOPE } from './maySee.js';
import type { Redriver } from './Redriver.js';

const TAGS = ['dead letters'];
const code = z
  .string()
  .regex(/^[a-z_]{1,64}$/, 'has to be an error code')
  .optional()
  .openapi({ param: { name: 'code', in: 'query' }, description: 'Those of this error code alone.' });

const after = z
  .string()
  .regex(/^\d{1,15}$/, 'has to be the number of a letter')
  .transform(Number)
  .optional()
  .openapi({ param: { name: 'after', in: 'query' }, type: 'integer', description: 'Those behind this letter alone.' });

const list = createRoute({
  method: 'get',
  path: '/v1/admin/dead-letters',
  summary: 'What could not be accepted, oldest first',
  description:
    'Letters of the tenant of the token; with the scope `operator` those of all tenants, and those of which the tenant is not certain. ' +
    'A page can be short though another follows.',
  tags: TAGS,
  middleware: requireScope('dlq:read'),
  request: { query: pageQuery.extend({ code, after }) },
  responses: {
    200: {
      description: 'A page.',
      content: {
        'application/json': {
          schema: z.object({ items: z.array(letterSchema), next_cursor: z.string().nullable() }).openapi('DeadLetterPage'),
        },
      },
    },
    ...problemResponses(422, 503),
  },
});

const codes = createRoute({
  method: 'get',
  path: '/v1/admin/dead-letters/codes',
  summary: 'How many dead letters there are of each error code',
  description: 'Of all tenants: needs the scope `operator`.',
  tags: TAGS,
  middleware: requireScope(OPERATOR_SCOPE),
  responses: {
    200: {
      description: 'All of them.',
      content: {
        'application/json': {
          schema: z
            .object({
              items: z.array(z.object({ code: z.string(), letters: z.int(), meaning: z.string(), advice: z.string() })),
              next_cursor: z.null(),
            })
            .openapi('DeadLetterCodes'),
        },
      },
    },
    ...problemResponses(503),
  },
});

const idParam = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'has to be the number of a letter')
  .transform(Number)
  .openapi({ param: { name: 'id', in: 'path' }, type: 'integer', example: 42 });

const show = createRoute({
  method: 'get',
  path: '/v1/admin/dead-letters/{id}',
  summary: 'One dead letter, with all of its bytes',
  tags: TAGS,
  middleware: requireScope('dlq:read'),
  request: { params: z.object({ id: idParam }) },
  responses: {
    200: { description: 'The letter.', content: { 'application/json': { schema: letterDetailSchema } } },
    ...problemResponses(404, 422, 503),
  },
});

const outcomeSchema = z
  .object({
    items: z.array(
      z.object({
        id: z.int(),
        result: z.enum(['redriven', 'discarded', 'not_found', 'refused']),
        subject: z.string().optional().openapi({ description: 'Where a redrive put it.' }),
        sequence: z.int().optional(),
        error: z.object({ code: z.string(), message: z.string() }).optional(),
      }),
    ),
    next_cursor: z.string().nullable().openapi({ description: 'There is more to do: call again with it.' }),
  })
  .openapi('DeadLetterOutcomes');

function action(verb: 'redrive' | 'discard', of: { summary: string; description: string; request: string }) {
  return createRoute({
    method: 'post',
    path: `/v1/admin/dead-letters/${verb}` as const,
    summary: of.summary,
    description: of.description,
    tags: TAGS,
    middleware: requireScope('dlq:write'),
    // Read by the handler itself, within a bound.
    request: { body: { required: true, content: { 'application/json': { schema: { $ref: `#/components/schemas/${of.request}` } } } } },
    responses: {
      200: { description: 'What became of each letter.', content: { 'application/json': { schema: outcomeSchema } } },
      ...problemResponses(400, 413, 422, 503),
    },
  });
}

const redrive = action('redrive', {
  summary: 'Put dead letters back through the doors that they came in by',
  description:
    'A letter goes away once what it held is durable there. What still cannot be accepted comes back as a new letter, with its history.',
  request: 'RedriveRequest',
});
const discard = action('discard', {
  summary: 'Remove dead letters for good',
  description: 'With a reason, audited.',
  request: 'DiscardRequest',
});

export interface DeadLetterPorts {
  box: LetterBox;
  redriver: Redriver;
  actions: LetterActions;
}

export function deadLetterRoutes(app: OpenApiApp, { box, redriver, actions }: DeadLetterPorts): void {
  app.openAPIRegistry.register('RedriveRequest', redriveRequestSchema);
  app.openAPIRegistry.register('DiscardRequest', discardRequestSchema);

  app.openapi(list, async (c) => {
    const by = c.get('principal');
    const { limit = PAGE_ITEMS_DEFAULT, cursor, code = null, ...query } = c.req.valid('query');
    const { after } = cursor === undefined ? { after: query.after ?? 0 } : lettersCursor.decode(cursor);
    const isMeant = (letter: Parameters<typeof maySee>[1]): boolean => maySee(by, letter);
    const { letters, end } = await box.page({ code, after, upTo: Number.MAX_SAFE_INTEGER, limit, isMeant });
    return c.json({ items: letters.map(letterView), next_cursor: end === null ? null : lettersCursor.encode({ after: end }) }, 200);
  });

  app.openapi(codes, async (c) => {
    const items = [...(await box.counts())].map(([each, letters]) => ({ code: each, letters, ...letterAdvice(each) }));
    return c.json({ items, next_cursor: null }, 200);
  });

  app.openapi(show, async (c) => {
    const { id } = c.req.valid('param');
    const letter = await box.find(id);
    if (letter === null || !maySee(c.get('principal'), letter)) throw new CairnError('not_found', `there is no dead letter ${id}`);
    return c.json(letterDetailView(letter, await redriver.refusalOf(letter)), 200);
  });

  app.openapi(redrive, async (c) => {
    const request = readLetterRequest(redriveRequestSchema, await parseJsonBody(c, LETTERS_REQUEST_BYTES_MAX));
    const choice = choiceOf(request, await box.last());
    return c.json(outcomesView(choice, await actions.redrive(c.get('principal'), choice)), 200);
  });

  app.openapi(discard, async (c) => {
    const request = readLetterRequest(discardRequestSchema, await parseJsonBody(c, LETTERS_REQUEST_BYTES_MAX));
    const choice = choiceOf(request, await box.last());
    return c.json(outcomesView(choice, await actions.discard(c.get('principal'), choice, request.reason)), 200);
  });
}

function outcomesView(choice: LetterChoice, { outcomes, end }: { outcomes: LetterOutcome[]; end: number | null }) {
  const next = end === null || 'ids' in choice ? null : choiceCursor.encode({ after: end, upTo: choice.upTo });
  return { items: outcomes.map(outcomeView), next_cursor: next };
}

function outcomeView(outcome: LetterOutcome) {
  const { id, result } = outcome;
  if (result === 'redriven') return { id, result, ...outcome.to };
  if (result === 'refused') return { id, result, error: { code: outcome.error.code, message: outcome.error.message } };
  return { id, result };
}
