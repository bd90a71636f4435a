/** Stable codes: of problem details over HTTP, of `results[].error` in a batch, and of the dead-letter header `Cairn-Error-Code`. */
export const ERROR_STATUS = {
  // what an event can be wrong about
  invalid_json: 400,
  invalid_event: 422,
  unknown_field: 422,
  properties_too_large: 422,
  properties_too_deep: 422,
  forbidden_key: 422,
  occurred_in_future: 422,
  reserved_type: 422,
  schema_mismatch: 422,
  subject_type_mismatch: 422,
  tenant_forbidden: 403,
  idempotency_conflict: 422,
  invalid_headers: 422,
  invalid_cloudevent: 422,
  invalid_avro: 422,
  unknown_schema: 422,
  event_too_large: 413,
  // what a request can be wrong about
  body_too_large: 413,
  batch_too_large: 422,
  batch_empty: 422,
  unsupported_media_type: 415,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  invalid_request: 422,
  invalid_pack: 422,
  conflict: 409,
  tenant_merged: 410,
  not_redrivable: 422,
  overloaded: 429,
  backfill_waits: 429,
  unavailable: 503,
  internal: 500,
  // what an entry of the log can be wrong about
  undecodable_entry: 500,
  newer_entry: 500,
  unfoldable_event: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** What is wrong, where, and what to do about it. */
export interface FieldError {
  /** The field as its producer wrote it: `actor.user_id`. */
  field: string;
  message: string;
}

/** An expected refusal: it has a code, and a message that names the field and the remedy. */
export class CairnError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      errors?: readonly FieldError[];
      retryAfterSeconds?: number;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CairnError';
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

export function isCairnError(error: unknown): error is CairnError {
  return error instanceof CairnError;
}

/** RFC 9457. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  errors?: readonly FieldError[];
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export function toProblem(error: CairnError): ProblemDetails {
  return {
    type: `urn:cairn:problem:${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: error.status,
    code: error.code,
    detail: error.message,
    ...(error.errors.length > 0 ? { errors: error.errors } : {}),
  };
}
