/** What stands between a fault and a wrong result. Each can be switched off, to see whether that is noticed. */
export interface Guards {
  /** A commit holds only for the owner of the partition, from where it stands. */
  fence: boolean;
  /** At most one row for an unlock, and for an identity. */
  uniqueConstraint: boolean;
  /** Messages are rows of the transaction that they tell of. */
  outbox: boolean;
  /** The same name with another content is no duplicate. */
  payloadHash: boolean;
  /** What was there already is told from what is new. */
  returnedRowsOnly: boolean;
  /** The same message again is one message. */
  messageId: boolean;
}

export const ALL_GUARDS: Guards = {
  fence: true,
  uniqueConstraint: true,
  outbox: true,
  payloadHash: true,
  returnedRowsOnly: true,
  messageId: true,
};
