/**
 * - `replay_under_way` another process rebuilds this installation
 * - `generation_differs` an unfinished generation was made for something else
 * - `schema_differs` the installation was migrated by another version
 * - `log_trimmed` entries that state was made from are no longer in the log
 * - `unknown_tenant` there is no such tenant
 * - `nothing_to_narrow` one tenant of an empty database cannot be rebuilt alone
 * - `partition_count` the empty database was made for another number of partitions
 * - `stalled` a partition does not get on
 * - `interrupted` somebody stopped it: the generation stays, and the same call goes on with it
 */
export type ReplayErrorCode =
  | 'replay_under_way'
  | 'generation_differs'
  | 'schema_differs'
  | 'log_trimmed'
  | 'unknown_tenant'
  | 'nothing_to_narrow'
  | 'partition_count'
  | 'stalled'
  | 'interrupted';

/** A replay that cannot be begun or finished; the live state is as it was. */
export class ReplayError extends Error {
  constructor(
    readonly code: ReplayErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ReplayError';
  }
}
