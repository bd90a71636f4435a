import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import type { GenerationNames } from './generationNames.js';

/** Unlocks that the live generation does not hold come without a notification: they say of themselves that they are late. */
export async function markSilent(client: Queryable, { live, generation }: GenerationNames, tenantId: string | null): Promise<number> {
  return runCommand(client, {
    text: `
      UPDATE ${generation}.unlocks AS found SET backfilled = true
        FROM ${generation}.tenants AS t
       WHERE t.tenant_key = found.tenant_key AND ($1::text IS NULL OR t.tenant_id = $1::text) AND NOT found.backfilled
         AND NOT EXISTS (SELECT 1 FROM ${live}.unlocks AS held
                          WHERE held.tenant_key = found.tenant_key AND held.unlock_id = found.unlock_id)`,
    values: [tenantId],
  });
}
