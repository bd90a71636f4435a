import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { isPool, type Queryable } from './Queryable.js';
import { toStoreError } from './toStoreError.js';

export type Orm = NodePgDatabase<Record<string, never>>;

const ofQueryable = new WeakMap<Queryable, Orm>();

/** Typed queries for reads off the hot path; rejects with a StoreError. */
export async function withOrm<T>(db: Queryable, read: (orm: Orm) => PromiseLike<T>): Promise<T> {
  try {
    return await read(ormOf(db));
  } catch (error) {
    throw toStoreError(error);
  }
}

function ormOf(db: Queryable): Orm {
  const known = ofQueryable.get(db);
  if (known !== undefined) return known;
  const made = isPool(db) ? drizzle(db) : drizzle(db as pg.Client);
  ofQueryable.set(db, made);
  return made;
}
