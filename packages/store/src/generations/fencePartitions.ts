import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import type { GenerationNames } from './generationNames.js';

/** Whoever evaluates must read everything anew. Where nobody ever did, evaluation goes on where the rebuilding ended. */
export async function fencePartitions(
  client: Queryable,
  { live, generation }: GenerationNames,
  { isRestored }: { isRestored: boolean },
): Promise<void> {
  await runCommand(client, {
    text: `UPDATE ${live}.partitions AS p
              SET epoch = p.epoch + 1, last_seq = CASE WHEN $1::boolean THEN g.last_seq ELSE p.last_seq END
             FROM ${generation}.partitions AS g WHERE g.partition = p.partition`,
    values: [isRestored],
  });
}
