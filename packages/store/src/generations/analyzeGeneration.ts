import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import { MOVED_TABLES } from './comparedTables.js';
import type { GenerationNames } from './generationNames.js';

/** So that whoever reads the tables next plans for the rows that are there. */
export async function analyzeGeneration(db: Queryable, { generation }: GenerationNames): Promise<void> {
  for (const table of MOVED_TABLES) await runCommand(db, { text: `ANALYZE ${generation}.${table}` });
}
