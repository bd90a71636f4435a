import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Told apart from another state of the table by both: an alias is added, or an erased one goes. */
export interface AliasesState {
  count: number;
  lastSeq: number;
}

export async function aliasesState(db: Queryable): Promise<AliasesState> {
  const [row] = await runQuery<AliasesState>(db, {
    text: 'SELECT count(*) AS count, coalesce(max(log_seq), 0) AS "lastSeq" FROM user_aliases',
  });
  return row ?? { count: 0, lastSeq: 0 };
}
