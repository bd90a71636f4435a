/**
 * - `not_an_archive` there is none at that place
 * - `archive_damaged` a file is not what its hash says, is missing, or does not follow the one before it
 * - `archive_of_another_log` archive and log hold different entries at the same place
 * - `archive_gap` the log begins behind the end of the archive: entries between them are nowhere
 * - `log_in_use` somebody writes to the log that is being restored
 * - `place_unreachable` the object store does not answer, or refuses
 * - `erasure_interrupted` somebody is being taken out of the archive, or that was interrupted: the same call goes on
 * - `interrupted` somebody stopped it: the same call goes on
 */
export type ArchiveErrorCode =
  | 'not_an_archive'
  | 'archive_damaged'
  | 'archive_of_another_log'
  | 'archive_gap'
  | 'log_in_use'
  | 'place_unreachable'
  | 'erasure_interrupted'
  | 'interrupted';

export class ArchiveError extends Error {
  constructor(
    readonly code: ArchiveErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ArchiveError';
  }
}
