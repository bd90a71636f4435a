import { PreparedConnection } from './PreparedConnection.js';
import type { Queryable } from './Queryable.js';
import { toStoreError } from './toStoreError.js';

export interface Statement {
  /** A name makes it a prepared statement of the connection. */
  name?: string;
  text: string;
  values?: unknown[];
}

/** Where a statement can be sent that comes again and again with other values. */
export type Preparable = Queryable | PreparedConnection;

/** The rows of one statement; rejects with a StoreError. */
export async function runQuery<Row extends object>(db: Preparable, statement: Statement): Promise<Row[]> {
  try {
    const result = db instanceof PreparedConnection ? await db.query<Row>(statement) : await db.query<Row>(statement);
    return result.rows;
  } catch (error) {
    throw toStoreError(error);
  }
}

/** How many rows one statement wrote. */
export async function runCommand(db: Queryable, statement: Statement): Promise<number> {
  try {
    const result = await db.query(statement);
    return result.rowCount ?? 0;
  } catch (error) {
    throw toStoreError(error);
  }
}
