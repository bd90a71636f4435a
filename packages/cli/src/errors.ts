/** What the command's end says to the caller. */
export const EXIT = { success: 0, failure: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command was called wrongly: exit code 2. */
export class UsageError extends Error {
  readonly code = 'usage';

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export type CliErrorCode =
  | 'no_server'
  | 'stale_server'
  | 'unreadable_runtime_file'
  | 'git_missing'
  | 'not_a_repository'
  | 'empty_repository'
  | 'repository_too_large'
  | 'git_failed'
  | 'file_unreadable'
  | 'unsorted_too_large'
  | 'stopped_at_first_problem'
  | 'spool_full';

/** An expected failure: it has a code, and a message that says what to do. Exit code 1. */
export class CliError extends Error {
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CliError';
    this.code = code;
  }
}

/** Whoever read the output has gone (`cairn unlocks | head`): nothing more to do, and no failure. */
export class OutputClosed extends Error {
  readonly code = 'output_closed';

  constructor() {
    super('the reader of the output has gone');
    this.name = 'OutputClosed';
  }
}
