import type { CairnError, FieldError } from '@cairn/contracts';
import type { Outcome } from '../identity/judge.js';

/** The answer to one event. */
export interface EventAnswer {
  event_id: string;
  status: 'accepted' | 'duplicate';
  sequence: number;
}

/** One of the answers to a batch, in the order of its events. */
export interface ResultAnswer {
  index: number;
  /** The original's for a duplicate; null where the event was rejected and says none. */
  event_id: string | null;
  status: 'accepted' | 'duplicate' | 'rejected' | 'conflict';
  sequence?: number;
  error?: { code: string; message: string; errors?: readonly FieldError[] };
}

/** @throws CairnError `idempotency_conflict` */
export function answerSingle(outcome: Outcome): EventAnswer {
  if (outcome.status === 'conflict') throw outcome.error;
  return { event_id: outcome.eventId, status: outcome.status, sequence: outcome.sequence };
}

export function answerInBatch(index: number, eventId: string, outcome: Outcome): ResultAnswer {
  if (outcome.status === 'conflict') return { index, event_id: eventId, status: 'conflict', error: toError(outcome.error) };
  return { index, event_id: outcome.eventId, status: outcome.status, sequence: outcome.sequence };
}

export function answerRejected(index: number, eventId: string | null, error: CairnError): ResultAnswer {
  return { index, event_id: eventId, status: 'rejected', error: toError(error) };
}

function toError({ code, message, errors }: CairnError): NonNullable<ResultAnswer['error']> {
  return { code, message, ...(errors.length > 0 ? { errors } : {}) };
}
