import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

/** On a clean stop: the others need not wait for the heartbeat to run out. */
export async function leaveEvaluators(db: Queryable, owner: string): Promise<void> {
  await runCommand(db, { text: 'DELETE FROM evaluators WHERE owner = $1', values: [owner] });
}
