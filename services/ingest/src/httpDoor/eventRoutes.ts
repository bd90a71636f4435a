import { type Admission, admitEvent, BODY_BYTES_MAX, CairnError, type CairnEvent, EVENT_BYTES_MAX, isCairnError } from '@cairn/contracts';
import { type AppEnv, type Principal, readBody, requireScope } from '@cairn/runtime';
import { type Context, Hono } from 'hono';
import type { Clock } from '../clock.js';
import type { Admitter } from '../identity/Admitter.js';
import type { Outcome } from '../identity/judge.js';
import type { IngestMetrics } from '../ingestMetrics.js';
import { answerInBatch, answerRejected, answerSingle, type ResultAnswer } from './answers.js';
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

async function takeIn(context: Context<AppEnv>, options: EventRoutesOptions): Promise<Response> {
  const body = await readBody(context, BODY_BYTES_MAX);
  const submission = readSubmission(context.req.raw.headers, body);
  const admission = admissionOf(context.get('principal'), options.clock);
  const key = context.req.header('Idempotency-Key');
  if (submission.kind === 'batch') {
    if (key !== undefined) {
      throw new CairnError(
        'invalid_request',
        'the header Idempotency-Key is for a single event: give each event of an array its own idempotency_key',
      );
    }
    return context.json({ results: await takeBatch(submission, admission, options) }, 200);
  }
  const event = admitSingle(submission, { admission, key, bytes: body.length, metrics: options.metrics });
  const outcome = await takeSingle(event, options);
  return context.json(answerSingle(outcome), 202);
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
async function takeBatch(submission: Submission, admission: Admission, { admitter, metrics }: EventRoutesOptions): Promise<ResultAnswer[]> {
  const admitted = submission.inputs.map((input) => admitInBatch(submission, input, admission));
  const events = admitted.filter((event): event is CairnEvent => !isCairnError(event));
  let outcomes: Outcome[];
  try {
    outcomes = await admitter.admit(events);
  } catch (error) {
    metrics.count('http', 'failed', events.length);
    throw error;
  }
  const inOrder = outcomes.values();
  const results = admitted.map((event, index) => {
    if (isCairnError(event)) return answerRejected(index, eventIdOf(submission.inputs[index]), event);
    const { value: outcome } = inOrder.next();
    if (outcome === undefined) throw new Error('the admitter gave fewer outcomes than events');
    return answerInBatch(index, event.eventId, outcome);
  });
  countResults(results, metrics);
  return results;
}

/** To count one by one would take longer than to make the answers. */
function countResults(results: readonly ResultAnswer[], metrics: IngestMetrics): void {
  const counts = new Map<ResultAnswer['status'], number>();
  for (const { status } of results) counts.set(status, (counts.get(status) ?? 0) + 1);
  for (const [status, count] of counts) metrics.count('http', status, count);
}

function admitInBatch(submission: Submission, input: unknown, admission: Admission): CairnEvent | CairnError {
  try {
    return admitEvent(submission.toEvent(input), admission);
  } catch (error) {
    if (isCairnError(error)) return error;
    throw error;
  }
}

/** What a rejected event calls itself, for who looks for it. */
function eventIdOf(input: unknown): string | null {
  if (input === null || typeof input !== 'object') return null;
  const { event_id: eventId, id } = input as { event_id?: unknown; id?: unknown };
  if (typeof eventId === 'string') return eventId;
  return typeof id === 'string' ? id : null;
}
