/** Stable names for what can go wrong with an embedded server. */
export type EmbeddedErrorCode =
  /** A live process already runs its servers on this data directory; the message names its pid. */
  | 'data_dir_in_use'
  /** The unprivileged user that PostgreSQL has to run as cannot enter the data directory. */
  | 'data_dir_unreachable'
  /** The data directory was written by another major version of PostgreSQL. */
  | 'data_version'
  /** No nats-server for this platform among the packages, and none was given or found on the PATH. */
  | 'nats_server_missing'
  /** No PostgreSQL package is installed for this platform, or its binary does not run here. */
  | 'postgres_missing'
  /** Running as root, and there is no unprivileged user to run PostgreSQL as. */
  | 'unprivileged_user_missing'
  /** The port that a server must come back on belongs to another process. */
  | 'port_taken'
  /** A server ended before it was ready; the message holds the last lines that it wrote. */
  | 'start_failed'
  /** A server was not ready within its bound. */
  | 'start_timeout'
  /** A process outlived SIGKILL. */
  | 'stop_failed'
  /** The server was stopped for good and cannot be used any more. */
  | 'stopped';

/** The only error that this package throws on purpose. Match on `code`, never on the message. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';

  constructor(
    readonly code: EmbeddedErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** True for a failed system call with one of these codes (`ENOENT`, `EACCES`, …). */
export function isSystemError(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
