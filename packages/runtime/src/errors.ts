/** What can go wrong before a service is up, or while it goes down: for the operator, not for a caller. */
export type RuntimeErrorCode =
  | 'nats_unreachable'
  | 'nats_unauthorized'
  | 'nats_too_old'
  | 'nats_without_jetstream'
  | 'stream_incompatible'
  | 'port_in_use'
  | 'release_failed';

/** The message names the remedy; `code` is stable. */
export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RuntimeError';
    this.code = code;
  }
}

export function isRuntimeError(error: unknown): error is RuntimeError {
  return error instanceof RuntimeError;
}
