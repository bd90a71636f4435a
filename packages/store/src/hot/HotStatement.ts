/**
 * All that may be bound to a pipelined statement. `pg` binds these without a conversion that can throw; were one to throw,
 * the statement would be missing from a transaction that then commits.
 */
export type BoundValue = Buffer | string | null;

/** A prepared statement of the transaction that commits a batch. */
export interface HotStatement {
  readonly name: string;
  readonly text: string;
}

export interface BoundStatement extends HotStatement {
  readonly values: BoundValue[];
}
