import { type ControlBody, deriveUnlockId, encodeControlEntry, type HowGranted, logControlSubject } from '@cairn/contracts';
import type { Catalogue } from '@cairn/engine';
import {
  type Database,
  goesOnAs,
  insertAudit,
  type ListedUnlock,
  listTenantUnlocks,
  loadCatalogue,
  resolveUser,
  restoreCatalogue,
  type TenantMerge,
  unlocksAmong,
} from '@cairn/store';
import { TENANT_COPY_UNLOCKS_AHEAD } from '../limits.js';

export interface UnlockPorts {
  database: Database;
  /** Resolves with the sequence once the entry is in the log; the same id within two minutes is the same entry. */
  publish(subject: string, data: Uint8Array, messageId?: string): Promise<number>;
  /** Resolves once all loops have passed a place in the log, or it is to stop. */
  untilEvaluated(sequence: number): Promise<void>;
  signal: AbortSignal;
}

interface GoingOn {
  tenantKey: number;
  tenantId: string;
  catalogue: Catalogue;
}

/** Who goes by the actor of what nobody in particular did. */
const ACTOR = 'cairn';

/**
 * Gives what was held in a merged tenant and does not follow from its history: what was given by hand, or by an older version. As of when it was
 * reached, silently, and only where the tenant that goes on publishes the achievement and has never given that unlock: what was taken back
 * there stays taken. Done again, it gives nothing twice. Answers whether it came to its end.
 */
export async function bringUnlocks({ tenantKey, tenantId, intoTenant }: TenantMerge, ports: UnlockPorts): Promise<boolean> {
  const { pool } = ports.database;
  const to = await goesOnAs(pool, intoTenant);
  if (to === null) return true;
  const catalogue = restoreCatalogue(await loadCatalogue(pool, { tenantKey: to.tenantKey, atSequence: Number.MAX_SAFE_INTEGER }));
  const goingOn = { ...to, catalogue };
  let after: ListedUnlock | undefined;
  do {
    if (ports.signal.aborted) return false;
    const page = { tenantKey, watermark: Number.MAX_SAFE_INTEGER, limit: TENANT_COPY_UNLOCKS_AHEAD };
    const rows = await listTenantUnlocks(pool, after === undefined ? page : { ...page, after });
    let last = 0;
    for (const body of await missingOf(rows, goingOn, { pool, from: tenantId })) last = await give(body, goingOn, ports);
    await ports.untilEvaluated(last);
    after = rows.length < TENANT_COPY_UNLOCKS_AHEAD ? undefined : rows.at(-1);
  } while (after !== undefined);
  return !ports.signal.aborted;
}

interface Missing {
  row: ListedUnlock;
  body: Extract<ControlBody, { kind: 'unlock_granted' | 'team_unlock_granted' }>;
}

async function missingOf(
  rows: readonly ListedUnlock[],
  { tenantKey, tenantId, catalogue }: GoingOn,
  { pool, from }: { pool: Database['pool']; from: string },
): Promise<Missing[]> {
  const how: HowGranted = { backfilled: true };
  const asked: (Missing & { unlockId: string })[] = [];
  for (const row of rows) {
    const { slug, level, period, userId, teamId } = row;
    const rule = (userId === null ? catalogue.ofTeams : catalogue).rules.get(slug);
    if (rule?.levels.some(({ name }) => name === (level ?? '')) !== true) continue;
    const target = { slug, level, period, reason: `held in "${from}" before it was merged`, ...how };
    if (userId !== null) {
      const holder = await resolveUser(pool, { tenantKey, userId });
      const body = { kind: 'unlock_granted', userId: holder, ...target } as const;
      asked.push({ row, body, unlockId: deriveUnlockId({ tenantId, userId: holder, slug, level, period }) });
    } else if (teamId !== null) {
      const body = { kind: 'team_unlock_granted', teamId, ...target } as const;
      asked.push({ row, body, unlockId: deriveUnlockId({ tenantId, teamId, slug, level, period }) });
    }
  }
  const there = await unlocksAmong(pool, { tenantKey, unlockIds: asked.map(({ unlockId }) => unlockId) });
  return asked.filter(({ unlockId }) => !there.has(unlockId));
}

async function give({ row, body }: Missing, { tenantKey, tenantId }: GoingOn, { database, publish }: UnlockPorts): Promise<number> {
  // The id of what was held before: nothing else in the log or the audit has it.
  const { unlockId: entryId, unlockedAt: at } = row;
  const data = encodeControlEntry({ entryId, tenantId, at, actor: ACTOR, body });
  const sequence = await publish(logControlSubject(tenantId, body.kind), data, entryId);
  const { slug, level, period, reason } = body;
  const holder = body.kind === 'unlock_granted' ? { user_id: body.userId } : { team_id: body.teamId };
  const subject = { ...holder, slug, level, period, sequence };
  await insertAudit(database.pool, { tenantKey, auditId: entryId, actor: ACTOR, action: body.kind, subject, reason });
  return sequence;
}
