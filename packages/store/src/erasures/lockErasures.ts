import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Until the end of the transaction, nobody else asks for somebody of a tenant to be erased. That of a tenant goes before those that were merged into it. */
export async function lockErasures(client: Queryable, { tenantKey }: { tenantKey: number }): Promise<void> {
  await runQuery(client, { text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', values: [`cairn erasures ${tenantKey}`] });
}
