import type { ErrorCode, FieldError } from '@cairn/contracts';

/** What the client itself can find wrong with an answer, besides the codes of the server. */
export type ClientErrorCode = 'unexpected_answer' | 'answer_too_large' | 'evaluation_stalled';

/** The server answered, and refused. `code` is stable: match on it, never on the message. */
export class CairnApiError extends Error {
  /** One of the server's codes; a newer server may send codes that this version does not know. */
  readonly code: ErrorCode | ClientErrorCode | (string & {});
  /** HTTP status. */
  readonly status: number;
  /** Field by field, where the server said so. */
  readonly errors: readonly FieldError[];
  /** How long the server asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    details: { code: string; status: number; errors?: readonly FieldError[]; retryAfterMs?: number | null; cause?: unknown },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'CairnApiError';
    this.code = details.code;
    this.status = details.status;
    this.errors = details.errors ?? [];
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

/** No answer came: the server is down, the name does not resolve, the connection broke or took too long. */
export class CairnUnreachableError extends Error {
  readonly code = 'unreachable';
  readonly url: string;

  constructor(url: string, cause: unknown) {
    super(`${url} cannot be reached: ${reasonOf(cause)}`, { cause });
    this.name = 'CairnUnreachableError';
    this.url = url;
  }
}

/** All was sent, but the evaluator made no headway for too long. What was sent is durable and will count later. */
export class EvaluationStalledError extends Error {
  readonly code = 'evaluation_stalled';
  readonly lag: number;

  constructor(lag: number, stalledMs: number) {
    super(
      `the evaluation has not moved for ${Math.round(stalledMs / 1000)} s with ${lag} still to go: ` +
        'look whether a rule-evaluator is running; what was sent is durable and will count once it is',
    );
    this.name = 'EvaluationStalledError';
    this.lag = lag;
  }
}

export function isCairnApiError(error: unknown): error is CairnApiError {
  return error instanceof CairnApiError;
}

export function isUnreachable(error: unknown): error is CairnUnreachableError {
  return error instanceof CairnUnreachableError;
}

/** fetch hides what happened in a chain of causes: the innermost one with a code says it best. */
function reasonOf(cause: unknown): string {
  let innermost = cause;
  for (let depth = 0; depth < CAUSES_DEPTH_MAX; depth++) {
    if (!(innermost instanceof Error) || innermost.cause === undefined) break;
    innermost = innermost.cause;
  }
  if (!(innermost instanceof Error)) return String(innermost);
  const code = 'code' in innermost && typeof innermost.code === 'string' ? innermost.code : '';
  if (innermost.message === FETCH_BLOCKED_PORT) return 'its port is reserved for another service, and fetch connects to no such port';
  if (innermost.message !== '') return innermost.message;
  return code === '' ? innermost.name : code;
}

const CAUSES_DEPTH_MAX = 8;
/** All that fetch says of a port on its list, see https://fetch.spec.whatwg.org/#port-blocking. */
const FETCH_BLOCKED_PORT = 'bad port';
