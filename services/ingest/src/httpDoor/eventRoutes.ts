import { type Admission, admitEvent, BODY_BYTES_MAX, CairnError, type CairnEvent, EVENT_BYTES_MAX } from '@cairn/contracts';
import { type AppEnv, type DirectRoute, type Principal, readBody, requireScope } from '@cairn/runtime';
import { type Context, Hono } from 'hono';
import type { Clock } from '../clock.js';
import type { Admitter } from '../identity/Admitter.js';
import type { Outcome } from '../identity/judge.js';
import type { IngestMetrics } from '../ingestMetrics.js';
import { answerSingle, type EventAnswer, type ResultAnswer } from './answers.js';
import { BatchRequest } from './BatchRequest.js';
import type { BodyBudget } from './BodyBudget.js';
import { JSON_MEDIA_TYPE, readPlainSubmission, readSubmission, type Submission } from './readSubmission.js';
import { withIdempotencyKey } from './withIdempotencyKey.js';

/** What all requests of the door share. */
export interface HttpDoor {
  admitter: Admitter;
  clock: Clock;
  metrics: IngestMetrics;
  budget: BodyBudget;
}

const CONTENT_TYPE = 'content-type';
const CLOUDEVENT_HEADER = /^ce-/i;

const PATH = '/v1/events';
const SCOPE = 'events:write';

/** `POST /v1/events`, in every form. */
export function eventRoutes(door: HttpDoor): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.post(PATH, requireScope(SCOPE), (context) =>
    door.budget.hold(context.req.header('Content-Length'), async () => {
      const answer = await answerEvents(await readEvents(context, door), door);
      return context.json(answer.body, answer.status);
    }),
  );
  return app;
}

/** `POST /v1/events` with plain JSON of a length that is known. */
export function directEventRoute(door: HttpDoor): DirectRoute {
  return {
    method: 'POST',
    path: PATH,
    scope: SCOPE,
    bodyBytesMax: BODY_BYTES_MAX,
    isUsual: isPlainJson,
    reserve: (bytes) => door.budget.reserve(bytes),
    answer: ({ principal, headers, body }) => {
      const key = headers['idempotency-key'];
      const submission = readPlainSubmission(body);
      return answerEvents(
        toEvents({ submission, bytes: body.length, principal, key: typeof key === 'string' ? key : undefined }, door),
        door,
      );
    },
  };
}

/** Says that it is JSON, and is no CloudEvent. */
function isPlainJson(rawHeaders: readonly string[]): boolean {
  let isJson = false;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (CLOUDEVENT_HEADER.test(name)) return false;
    if (name.length === CONTENT_TYPE.length && name.toLowerCase() === CONTENT_TYPE) isJson = rawHeaders[i + 1] === JSON_MEDIA_TYPE;
  }
  return isJson;
}

type EventsAnswer = { status: 200; body: { results: ResultAnswer[] } } | { status: 202; body: EventAnswer };

interface Said {
  submission: Submission;
  /** Of the body. */
  bytes: number;
  principal: Principal;
  /** The header `Idempotency-Key`. */
  key: string | undefined;
}

async function readEvents(context: Context<AppEnv>, door: HttpDoor): Promise<BatchRequest | CairnEvent> {
  const body = await readBody(context, BODY_BYTES_MAX);
  const submission = readSubmission(context.req.raw.headers, body);
  const said = { submission, bytes: body.length, principal: context.get('principal'), key: context.req.header('Idempotency-Key') };
  return toEvents(said, door);
}

function toEvents({ submission, bytes, principal, key }: Said, { clock, metrics }: HttpDoor): BatchRequest | CairnEvent {
  const admission = admissionOf(principal, clock);
  if (submission.kind === 'single') return admitSingle(submission, { admission, key, bytes, metrics });
  if (key === undefined) return new BatchRequest(submission, admission);
  throw new CairnError(
    'invalid_request',
    'the header Idempotency-Key is for a single event: give each event of an array its own idempotency_key',
  );
}

/** Of what came in nothing is left when events wait to be written: many wait at a time. */
async function answerEvents(request: BatchRequest | CairnEvent, door: HttpDoor): Promise<EventsAnswer> {
  return request instanceof BatchRequest
    ? { status: 200, body: { results: await takeBatch(request, door) } }
    : { status: 202, body: answerSingle(await takeSingle(request, door)) };
}

function admissionOf({ tenantId }: Principal, clock: Clock): Admission {
  return { tenantId, mayWriteTo: (other) => other === tenantId, receivedAt: clock.now() };
}

interface SingleOptions {
  admission: Admission;
  key: string | undefined;
  bytes: number;
  metrics: IngestMetrics;
}

function admitSingle(submission: Submission, { admission, key, bytes, metrics }: SingleOptions): CairnEvent {
  try {
    const event = admitEvent(withIdempotencyKey(submission.toEvent(submission.inputs[0]), key), admission);
    // After what it says has been looked at: "properties are too large" helps more than this.
    if (bytes > EVENT_BYTES_MAX) throw new CairnError('event_too_large', `the event is larger than ${EVENT_BYTES_MAX} bytes`);
    return event;
  } catch (error) {
    metrics.count('http', 'rejected');
    throw error;
  }
}

async function takeSingle(event: CairnEvent, { admitter, metrics }: HttpDoor): Promise<Outcome> {
  try {
    const [outcome] = await admitter.admit([event]);
    if (outcome === undefined) throw new Error('the admitter gave no outcome for an event');
    metrics.count('http', outcome.status);
    return outcome;
  } catch (error) {
    metrics.count('http', 'failed');
    throw error;
  }
}

/** Where the fate of any event is not known, the whole request fails: sent again, the others come back as duplicates. */
async function takeBatch(request: BatchRequest, { admitter, metrics }: HttpDoor): Promise<ResultAnswer[]> {
  let outcomes: Outcome[];
  try {
    outcomes = await admitter.admit(request.events);
  } catch (error) {
    metrics.count('http', 'failed', request.events.length);
    throw error;
  }
  const results = request.answer(outcomes);
  countResults(results, metrics);
  return results;
}

/** To count one by one would take longer than to make the answers. */
function countResults(results: readonly ResultAnswer[], metrics: IngestMetrics): void {
  const counts = new Map<ResultAnswer['status'], number>();
  for (const { status } of results) counts.set(status, (counts.get(status) ?? 0) + 1);
  for (const [status, count] of counts) metrics.count('http', status, count);
}
