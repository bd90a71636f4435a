import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import type { GenerationNames } from './generationNames.js';

/** What was projected from states that are replaced is projected anew, from the start of the log. */
export async function forgetProgress(client: Queryable, { live }: GenerationNames, projection: string): Promise<void> {
  await runCommand(client, { text: `TRUNCATE ${live}.progress` });
  await runCommand(client, { text: `UPDATE ${live}.projections SET last_seq = 0 WHERE name = $1`, values: [projection] });
}
