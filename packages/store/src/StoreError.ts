/**
 * What went wrong, for machines:
 *
 * - `fenced` somebody else owns the partition, or its position is not the expected one: drop the cache, reload
 * - `identity_taken` an event id, idempotency key or fingerprint of the batch exists: look up, fold again
 * - `unlock_taken` an unlock of the batch exists: repair the state from the rows, fold again
 * - `unlock_missing` an unlock to be revoked or restored does not exist
 * - `xp_taken` a ledger entry of the batch exists
 * - `version_taken` a version of an achievement was published at another place in the log
 * - `token_taken` the token belongs to another tenant or was revoked
 * - `partition_count` the installation has another number of partitions
 * - `migration_changed` an applied migration is not the one that this build knows
 * - `server_too_old` PostgreSQL is older than supported
 * - `not_committed` COMMIT was answered by ROLLBACK
 * - `batch_too_large` more rows in one batch than its bound
 * - `connection` the connection is gone or cannot be made; whether a commit took place is unknown: re-read the position
 * - `retryable` a serialisation failure, deadlock or time limit: the same again may succeed
 * - `resources` the server is out of disk, memory or connections
 * - `invalid_data` a value that PostgreSQL cannot hold
 * - `constraint` another constraint was violated
 * - `unexpected` anything else the database said
 */
export type StoreErrorCode =
  | 'fenced'
  | 'identity_taken'
  | 'unlock_taken'
  | 'unlock_missing'
  | 'xp_taken'
  | 'version_taken'
  | 'token_taken'
  | 'partition_count'
  | 'migration_changed'
  | 'server_too_old'
  | 'not_committed'
  | 'batch_too_large'
  | 'connection'
  | 'retryable'
  | 'resources'
  | 'invalid_data'
  | 'constraint'
  | 'unexpected';

/** Every failure that leaves this package. `cause` is what the driver or the server said. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
