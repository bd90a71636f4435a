import { inTransaction } from '../inTransaction.js';
import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import type { GenerationNames } from './generationNames.js';

/** A rebuilt generation, or the retired one. The live one stays as it is. */
export async function dropGeneration(db: Queryable, names: GenerationNames, which: 'generation' | 'retired'): Promise<void> {
  await inTransaction(db, async (client) => {
    // Large files take long to remove.
    await runCommand(client, { text: 'SET LOCAL statement_timeout = 0' });
    await runCommand(client, { text: `DROP SCHEMA IF EXISTS ${names[which]} CASCADE` });
  });
}
