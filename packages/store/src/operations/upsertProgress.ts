import { float8Array, int4Array, int8Array, textArray, timestamptzArray } from '../binaryArrays.js';
import { inTransaction } from '../inTransaction.js';
import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import type { progress } from '../schema/progress.js';

export type ProgressRow = typeof progress.$inferSelect;

export interface ProjectedProgress {
  /** The projection whose offset moves in the same transaction. */
  projection: string;
  /** Null where the offset stays where it is. */
  lastSeq: number | null;
  /** At most one for each (user, slug). */
  rows: readonly ProgressRow[];
}

/** Idempotent, and never backwards: neither a row nor the offset gives way to an older one. */
export async function upsertProgress(db: Queryable, { projection, lastSeq, rows }: ProjectedProgress): Promise<void> {
  if (lastSeq === null) await writeRows(db, rows);
  else if (rows.length === 0) await moveOffset(db, { projection, lastSeq });
  else {
    await inTransaction(db, async (client) => {
      await writeRows(client, rows);
      await moveOffset(client, { projection, lastSeq });
    });
  }
}

async function writeRows(db: Queryable, rows: readonly ProgressRow[]): Promise<void> {
  if (rows.length > 0) await runCommand(db, statementOf(rows));
}

async function moveOffset(db: Queryable, { projection, lastSeq }: { projection: string; lastSeq: number }): Promise<void> {
  await runCommand(db, {
    text: `INSERT INTO projections (name, last_seq) VALUES ($1, $2)
           ON CONFLICT (name) DO UPDATE SET last_seq = greatest(projections.last_seq, excluded.last_seq)`,
    values: [projection, lastSeq],
  });
}

function statementOf(rows: readonly ProgressRow[]) {
  return {
    text: `
      INSERT INTO progress (tenant_key, user_key, slug, version, status, value, threshold, level, period, updated_seq, lapses_at)
      SELECT r.* FROM unnest($1::int4[], $2::int8[], $3::text[], $4::int4[], $5::text[], $6::float8[], $7::float8[],
                             $8::text[], $9::text[], $10::int8[], $11::timestamptz[])
                      AS r(tenant_key, user_key, slug, version, status, value, threshold, level, period, updated_seq, lapses_at)
       ORDER BY r.tenant_key, r.user_key, r.slug COLLATE "C"
      ON CONFLICT (tenant_key, user_key, slug) DO UPDATE
         SET version = excluded.version, status = excluded.status, value = excluded.value, threshold = excluded.threshold,
             level = excluded.level, period = excluded.period, updated_seq = excluded.updated_seq, lapses_at = excluded.lapses_at
       WHERE progress.updated_seq <= excluded.updated_seq`,
    values: [
      int4Array(rows.map((row) => row.tenantKey)),
      int8Array(rows.map((row) => row.userKey)),
      textArray(rows.map((row) => row.slug)),
      int4Array(rows.map((row) => row.version)),
      textArray(rows.map((row) => row.status)),
      float8Array(rows.map((row) => row.value)),
      float8Array(rows.map((row) => row.threshold)),
      textArray(rows.map((row) => row.level)),
      textArray(rows.map((row) => row.period)),
      int8Array(rows.map((row) => row.updatedSeq)),
      timestamptzArray(rows.map((row) => row.lapsesAt)),
    ],
  };
}
