import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import type { Erasure } from './Erasure.js';

/** How far an erasure is, and under which names. Who it was is forgotten with the last step. */
export async function noteErasure(db: Queryable, erasure: Erasure): Promise<void> {
  await runCommand(db, {
    text: `UPDATE erasures
              SET step = $2, log_seq = $3, scanned_seq = $4, until_seq = $5, entries = $6, messages = $7, letters = $8, teams = $9,
                  waits_for = $10,
                  user_ids = CASE WHEN $2 = 'done' THEN '{}' ELSE $11::text[] END,
                  finished_at = CASE WHEN $2 = 'done' THEN now() END
            WHERE erasure_id = $1`,
    values: [
      erasure.erasureId,
      erasure.step,
      erasure.logSeq,
      erasure.scannedSeq,
      erasure.untilSeq,
      erasure.entries,
      erasure.messages,
      erasure.letters,
      erasure.teams,
      erasure.waitsFor,
      erasure.userIds,
    ],
  });
}
