import { boolArray, float8Array, int4Array, int8Array, textArray, timestamptzArray, uuidArray } from '../binaryArrays.js';
import { textListLiteral } from '../listLiterals.js';
import { EVIDENCE_MAX, EVIDENCE_SCAN_MAX, type EvidenceFromMatches, type UnlockRow } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/**
 * Evidence that is not given is read backwards along the user's events, this batch's among them.
 * Where fewer rows come back than were sent, CA002 fails the transaction, so that XP and outbox behind it stand for
 * unlocks that were really written. The outer join keeps that check alive where no row came back at all.
 */
export const insertUnlocks: HotStatement = {
  name: 'cairn_insert_unlocks',
  text: `
    WITH written AS (
      INSERT INTO unlocks (tenant_key, user_key, unlock_id, slug, level, period, version, value, threshold, xp_reward,
                           xp_total, unlocked_at, caused_by, log_seq, ordinal, message, backfilled, evidence)
      SELECT r.tenant_key, r.user_key, r.unlock_id, r.slug, r.level, r.period, r.version, r.value, r.threshold, r.xp_reward,
             r.xp_total, r.unlocked_at, r.caused_by, r.log_seq, r.ordinal, r.message, r.backfilled,
             coalesce(r.evidence::text[], (
               SELECT array_agg(counted.event_id ORDER BY counted.log_seq, counted.log_index)
                 FROM (
                   SELECT e.event_id, e.log_seq, e.log_index
                     FROM (
                       SELECT event_id, log_seq, log_index, occurred_at, matched
                         FROM events
                        WHERE tenant_key = r.tenant_key AND user_key = r.user_key AND log_seq <= r.log_seq
                          AND (log_seq < r.log_seq OR log_index <= r.log_index)
                        ORDER BY log_seq DESC, log_index DESC
                        LIMIT ${EVIDENCE_SCAN_MAX}
                     ) AS e
                    WHERE e.matched && versions.keys
                      AND (r.period_start IS NULL OR e.occurred_at >= r.period_start)
                      AND (r.period_end IS NULL OR e.occurred_at < r.period_end)
                    ORDER BY e.log_seq DESC, e.log_index DESC
                    LIMIT r.evidence_max
                 ) AS counted
             ), ARRAY[r.caused_by])
        FROM unnest($1::int4[], $2::int8[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int4[], $8::float8[],
                    $9::float8[], $10::int8[], $11::int8[], $12::timestamptz[], $13::text[], $14::int8[], $15::int4[],
                    $16::text[], $17::bool[], $18::text[], $19::int4[], $20::int4[], $21::timestamptz[],
                    $22::timestamptz[], $23::int4[], $24::bool[])
             AS r(tenant_key, user_key, unlock_id, slug, level, period, version, value,
                  threshold, xp_reward, xp_total, unlocked_at, caused_by, log_seq, ordinal,
                  message, backfilled, evidence, log_index, definition_key, period_start,
                  period_end, evidence_max, goes_on)
             CROSS JOIN LATERAL (
               SELECT CASE WHEN r.goes_on THEN (
                        SELECT array_agg(a.definition_key)
                          FROM achievement_versions AS a
                         WHERE a.tenant_key = r.tenant_key AND a.slug = r.slug AND a.version <= r.version
                           AND a.version >= coalesce((SELECT max(began.version) FROM achievement_versions AS began
                                                       WHERE began.tenant_key = r.tenant_key AND began.slug = r.slug
                                                         AND began.version <= r.version
                                                         AND began.definition->>'onPublish' <> 'continue'), 0)
                      ) ELSE ARRAY[r.definition_key] END AS keys
             ) AS versions
       ORDER BY r.tenant_key, r.user_key, r.slug COLLATE "C", r.level COLLATE "C", r.period COLLATE "C"
      ON CONFLICT DO NOTHING
      RETURNING unlock_id, evidence
    )
    SELECT w.unlock_id, to_json(w.evidence)::text AS evidence
      FROM (SELECT cairn_expect(count(*), $25::int8, 'CA002') FROM written) AS checked
           LEFT JOIN written AS w ON true`,
};

/** Answers the id and the evidence of each unlock. */
export function bindUnlocks(rows: readonly UnlockRow[]): BoundStatement {
  const search = rows.map((row) => searchOf(row.evidence));
  return {
    ...insertUnlocks,
    values: [
      int4Array(rows.map((row) => row.tenantKey)),
      int8Array(rows.map((row) => row.userKey)),
      uuidArray(rows.map((row) => row.unlockId)),
      textArray(rows.map((row) => row.slug)),
      textArray(rows.map((row) => row.level ?? '')),
      textArray(rows.map((row) => row.period ?? '')),
      int4Array(rows.map((row) => row.version)),
      float8Array(rows.map((row) => row.value)),
      float8Array(rows.map((row) => row.threshold)),
      int8Array(rows.map((row) => row.xpReward)),
      int8Array(rows.map((row) => row.xpTotal)),
      timestamptzArray(rows.map((row) => row.unlockedAt)),
      textArray(rows.map((row) => row.causedBy)),
      int8Array(rows.map((row) => row.logSeq)),
      int4Array(rows.map((row) => row.ordinal)),
      textArray(rows.map((row) => row.message)),
      boolArray(rows.map((row) => row.backfilled)),
      textArray(rows.map((row) => textListLiteral(givenEvidence(row.evidence)))),
      int4Array(rows.map((row) => row.logIndex)),
      int4Array(search.map((from) => from?.definitionKey ?? null)),
      timestamptzArray(search.map((from) => from?.periodStart ?? null)),
      timestamptzArray(search.map((from) => from?.periodEnd ?? null)),
      int4Array(search.map(evidenceMax)),
      boolArray(search.map((from) => from?.goesOn ?? false)),
      String(rows.length),
    ],
  };
}

function isGiven(evidence: UnlockRow['evidence']): evidence is readonly string[] {
  return Array.isArray(evidence);
}

function givenEvidence(evidence: UnlockRow['evidence']): readonly string[] | null {
  return isGiven(evidence) ? evidence.slice(-EVIDENCE_MAX) : null;
}

function searchOf(evidence: UnlockRow['evidence']): EvidenceFromMatches | null {
  return isGiven(evidence) ? null : evidence;
}

function evidenceMax(from: EvidenceFromMatches | null): number {
  return Math.max(1, Math.min(EVIDENCE_MAX, Math.ceil(from?.atMost ?? EVIDENCE_MAX)));
}
