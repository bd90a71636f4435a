import type pg from 'pg';

/** Where a statement can be sent: the pool, or a client of it inside a transaction. */
export type Queryable = pg.Pool | pg.ClientBase;

export function isPool(db: Queryable): db is pg.Pool {
  return 'totalCount' in db;
}
