import { createHash } from 'node:crypto';
import { COMPARED_TABLES, type ComparedTable, diffTable, digestTable, type GenerationNames, type Queryable } from '@cairn/store';
import { REPLAY_DIFFERENCES_MAX } from '../limits.js';
import { describeDifference } from './describeDifference.js';
import type { ReplayReport, TableReport } from './ReplayReport.js';

export type Comparison = Pick<ReplayReport, 'digest' | 'tables'> & { isEqual: boolean };

/** Compares two generations as one snapshot of the database shows them. */
export async function compareGenerations(
  snapshot: Queryable,
  of: { names: GenerationNames; tenantId: string | null; signal: AbortSignal },
): Promise<Comparison> {
  const digests = { live: createHash('sha256'), rebuilt: createHash('sha256') };
  const tables: TableReport[] = [];
  for (const table of COMPARED_TABLES) {
    of.signal.throwIfAborted();
    const live = await digestTable(snapshot, { ...of, schema: of.names.live, table });
    const rebuilt = await digestTable(snapshot, { ...of, schema: of.names.generation, table });
    digests.live.update(`${table.name} ${live.digest}\n`);
    digests.rebuilt.update(`${table.name} ${rebuilt.digest}\n`);
    const differences = live.digest === rebuilt.digest ? NO_DIFFERENCES : await differencesOf(snapshot, { ...of, table });
    tables.push({ table: table.name, rows: { live: live.rows, rebuilt: rebuilt.rows }, ...differences });
  }
  const digest = { live: digests.live.digest('hex'), rebuilt: digests.rebuilt.digest('hex') };
  return { digest, tables, isEqual: digest.live === digest.rebuilt };
}

const NO_DIFFERENCES = { different: 0, differences: [] };

async function differencesOf(snapshot: Queryable, of: { names: GenerationNames; table: ComparedTable; tenantId: string | null }) {
  const { total, rows } = await diffTable(snapshot, { ...of, limit: REPLAY_DIFFERENCES_MAX });
  return { different: total, differences: rows.map((row) => describeDifference(of.table, row)) };
}
