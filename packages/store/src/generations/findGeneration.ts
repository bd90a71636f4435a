import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { GenerationNames } from './generationNames.js';

/** What a generation is made of; one that goes on must be made of the same. */
export interface GenerationPurpose {
  /** Null for all tenants. */
  tenantId: string | null;
  /** Where the log is read from. */
  source: string;
  /** Of the program: what it writes and how. */
  layout: string;
}

export type FoundGeneration = { state: 'none' } | { state: 'incomplete' } | { state: 'unfinished'; purpose: GenerationPurpose };

/** What an earlier replay has left. */
export async function findGeneration(db: Queryable, { generation }: GenerationNames): Promise<FoundGeneration> {
  const [found] = await runQuery<{ schema: boolean; purpose: boolean }>(db, {
    text: `SELECT to_regnamespace($1) IS NOT NULL AS schema, to_regclass($2) IS NOT NULL AS purpose`,
    values: [generation, `${generation}.generation`],
  });
  if (found?.schema !== true) return { state: 'none' };
  if (!found.purpose) return { state: 'incomplete' };
  const [purpose] = await runQuery<GenerationPurpose>(db, {
    text: `SELECT tenant_id AS "tenantId", source, layout FROM ${generation}.generation`,
  });
  return purpose === undefined ? { state: 'incomplete' } : { state: 'unfinished', purpose };
}
