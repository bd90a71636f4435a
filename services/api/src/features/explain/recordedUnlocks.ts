import type { RecordedUnlock } from '@cairn/engine';
import { type Database, type HandChangeEntry, type ListedUnlock, listHandChanges } from '@cairn/store';
import { AUDIT_CLOCK_MS_MAX, PAGE_ITEMS_MAX } from '../../limits.js';

/** Unlocks as the engine explains them, in the order of the log: with who granted and revoked them, as far as the audit tells. */
export async function recordedUnlocks(
  database: Database,
  of: { tenantKey: number; userIds: readonly string[]; slug: string },
  rows: readonly ListedUnlock[],
): Promise<RecordedUnlock[]> {
  const spans = rows.flatMap(({ revokedAt }) =>
    revokedAt === null ? [] : [{ from: revokedAt - AUDIT_CLOCK_MS_MAX, until: revokedAt + AUDIT_CLOCK_MS_MAX }],
  );
  const auditIds = rows.map(({ causedBy }) => causedBy);
  const changes = await listHandChanges(database.pool, { ...of, auditIds, spans, limit: PAGE_ITEMS_MAX });
  return rows.toSorted((a, b) => a.logSeq - b.logSeq || a.ordinal - b.ordinal).map((row) => toRecorded(row, changes));
}

function toRecorded(row: ListedUnlock, changes: readonly HandChangeEntry[]): RecordedUnlock {
  const { version, level, period, value, threshold, unlockedAt, causedBy, backfilled, evidence } = row;
  const grant = changes.find(({ auditId, action }) => auditId === causedBy && action === 'unlock_granted');
  return {
    ...{ version, level, period, value, threshold, unlockedAt, causedBy, backfilled, evidence },
    sequence: row.logSeq,
    granted: grant === undefined ? null : { actor: grant.actor, reason: grant.reason ?? '' },
    revoked: revocationOf(row, changes),
  };
}

function revocationOf(row: ListedUnlock, changes: readonly HandChangeEntry[]): RecordedUnlock['revoked'] {
  const { revokedAt } = row;
  if (revokedAt === null) return null;
  const [nearest] = changes
    .filter(({ action, level, period }) => action === 'unlock_revoked' && level === row.level && period === row.period)
    .sort((a, b) => Math.abs(a.at - revokedAt) - Math.abs(b.at - revokedAt));
  return { at: revokedAt, actor: nearest?.actor ?? null, reason: row.revokedReason ?? '' };
}
