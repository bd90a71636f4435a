import { type Admission, admitEvent, BODY_BYTES_MAX, CairnError, type CairnEvent, EVENT_BYTES_MAX } from '@cairn/contracts';
import { type AppEnv, type Principal, readBody, requireScope } from '@cairn/runtime';
import { type Context, Hono } from 'hono';
import type { Clock } from '../clock.js';
import type { Admitter } from '../identity/Admitter.js';
import type { Outcome } from '../identity/judge.js';
import type { IngestMetrics } from '../ingestMetrics.js';
import { answerSingle, type ResultAnswer } from './answers.js';
import { BatchRequest } from './BatchRequest.js';
import { BodyBudget } from './BodyBudget.js';
import { readSubmission, type Submission } from './readSubmission.js';
import { withIdempotencyKey } from './withIdempotencyKey.js';

export interface EventRoutesOptions {
  admitter: Admitter;
  clock: Clock;
  metrics: IngestMetrics;
  bodyBytesInFlightMax: number;
}

/** `POST /v1/events`. */
export function eventRoutes(options: EventRoutesOptions): Hono<AppEnv> {
  const budget = new BodyBudget(options.bodyBytesInFlightMax);
  const app = new Hono<AppEnv>();
  app.post('/v1/events', requireScope('events:write'), (context) =>
    budget.hold(context.req.header('Content-Length'), () => takeIn(context, options)),
  );
  return app;
}

/** Of the body nothing is left when events wait to be written: many wait at a time. */
async function takeIn(context: Context<AppEnv>, options: EventRoutesOptions): Promise<Response> {
  const request = readRequest(context, await readBody(context, BODY_BYTES_MAX), options);
  return request instanceof BatchRequest
    ? context.json({ results: await takeBatch(request, options) }, 200)
    : context.json(answerSingle(await takeSingle(request, options)), 202);
}

function readRequest(context: Context<AppEnv>, body: Buffer, { clock, metrics }: EventRoutesOptions): BatchRequest | CairnEvent {
  const submission = readSubmission(context.req.raw.headers, body);
  const admission = admissionOf(context.get('principal'), clock);
  const key = context.req.header('Idempotency-Key');
  if (submission.kind === 'single') return admitSingle(submission, { admission, key, bytes: body.length, metrics });
  if (key === undefined) return new BatchRequest(submission, admission);
  throw new CairnError(
    'invalid_request',
    'the header Idempotency-Key is for a single event: give each event of an array its own idempotency_key',
  );
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

async function takeSingle(event: CairnEvent, { admitter, metrics }: EventRoutesOptions): Promise<Outcome> {
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
async function takeBatch(request: BatchRequest, { admitter, metrics }: EventRoutesOptions): Promise<ResultAnswer[]> {
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
