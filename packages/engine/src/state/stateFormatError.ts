/** The bytes are not a state that this version can read. */
export class StateFormatError extends Error {
  override readonly name = 'StateFormatError';

  constructor(
    readonly code: 'unknown_version' | 'truncated' | 'malformed',
    message: string,
  ) {
    super(message);
  }
}
