import { and, asc, desc, eq, isNull, lte, type SQL, sql } from 'drizzle-orm';
import { type Orm, withOrm } from '../orm.js';
import { OWNER_KIND, type OwnerKind } from '../ownerKind.js';
import type { Queryable } from '../Queryable.js';
import { unlocks } from '../schema/unlocks.js';
import { users } from '../schema/users.js';
import type { UnlockFields } from '../UnlockFields.js';

/** The place of an unlock in the log: the last of a page of the tenant's is the cursor to the next. */
export interface UnlockCursor {
  logSeq: number;
  ordinal: number;
  unlockId: string;
}

/** The place of an unlock in time, and among those of the same instant in the log: the last of a page of a user's. */
export interface TimedUnlockCursor extends UnlockCursor {
  /** Epoch milliseconds. */
  unlockedAt: number;
}

export interface ListedUnlock extends TimedUnlockCursor, UnlockFields {
  /** null for an unlock of a team. */
  userId: string | null;
  /** null for an unlock of a user. */
  teamId: string | null;
  evidence: string[];
  revokedAt: number | null;
  revokedReason: string | null;
}

interface Page<Cursor> {
  tenantKey: number;
  limit: number;
  /** The last of the page before; absent for the first page. */
  after?: Cursor;
  /** Revoked unlocks are left out unless they are asked for. */
  revoked?: 'include' | 'exclude';
}

/**
 * A user's or a team's unlocks, newest first by when they were reached, whenever that was found out; those of one achievement
 * where `slug` is given. An unlock never changes its place: whatever comes in meanwhile, a cursor loses none and brings none twice.
 */
export async function listUserUnlocks(
  db: Queryable,
  page: Page<TimedUnlockCursor> & { userId: string; kind?: OwnerKind; slug?: string },
): Promise<ListedUnlock[]> {
  const { after, slug, kind = 'user' } = page;
  return withOrm(db, async (orm) =>
    selectUnlocks(orm)
      .where(
        and(
          ofPage(page),
          eq(users.kind, OWNER_KIND[kind]),
          eq(users.userId, page.userId),
          slug === undefined ? undefined : eq(unlocks.slug, slug),
          after === undefined
            ? undefined
            : sql`(${unlocks.unlockedAt}, ${place}) < (${new Date(after.unlockedAt).toISOString()}::timestamptz, ${placeOf(after)})`,
        ),
      )
      .orderBy(desc(unlocks.unlockedAt), desc(unlocks.logSeq), desc(unlocks.ordinal), desc(unlocks.unlockId))
      .limit(page.limit),
  );
}

/**
 * A tenant's unlocks, oldest first in log order, up to a watermark that every partition has passed: below it, no unlock can
 * appear any more, so that a cursor misses none.
 */
export async function listTenantUnlocks(db: Queryable, page: Page<UnlockCursor> & { watermark: number }): Promise<ListedUnlock[]> {
  const { after } = page;
  return withOrm(db, async (orm) =>
    selectUnlocks(orm)
      .where(
        and(ofPage(page), lte(unlocks.logSeq, page.watermark), after === undefined ? undefined : sql`(${place}) > (${placeOf(after)})`),
      )
      .orderBy(asc(unlocks.logSeq), asc(unlocks.ordinal), asc(unlocks.unlockId))
      .limit(page.limit),
  );
}

const place = sql`${unlocks.logSeq}, ${unlocks.ordinal}, ${unlocks.unlockId}`;

function placeOf(cursor: UnlockCursor): SQL {
  return sql`${cursor.logSeq}::int8, ${cursor.ordinal}::int4, ${cursor.unlockId}::uuid`;
}

function ofPage(page: Pick<Page<never>, 'tenantKey' | 'revoked'>): SQL | undefined {
  return and(eq(unlocks.tenantKey, page.tenantKey), page.revoked === 'include' ? undefined : isNull(unlocks.revokedAt));
}

export function selectUnlocks(orm: Orm) {
  return orm
    .select({
      userId: sql<string | null>`CASE ${users.kind} WHEN ${OWNER_KIND.user} THEN ${users.userId} END`,
      teamId: sql<string | null>`CASE ${users.kind} WHEN ${OWNER_KIND.team} THEN ${users.userId} END`,
      unlockId: unlocks.unlockId,
      slug: unlocks.slug,
      level: sql<string | null>`nullif(${unlocks.level}, '')`,
      period: sql<string | null>`nullif(${unlocks.period}, '')`,
      version: unlocks.version,
      value: unlocks.value,
      threshold: unlocks.threshold,
      xpReward: unlocks.xpReward,
      xpTotal: unlocks.xpTotal,
      unlockedAt: unlocks.unlockedAt,
      causedBy: unlocks.causedBy,
      evidence: unlocks.evidence,
      message: unlocks.message,
      backfilled: unlocks.backfilled,
      revokedAt: unlocks.revokedAt,
      revokedReason: unlocks.revokedReason,
      logSeq: unlocks.logSeq,
      ordinal: unlocks.ordinal,
    })
    .from(unlocks)
    .innerJoin(users, and(eq(users.tenantKey, unlocks.tenantKey), eq(users.userKey, unlocks.userKey)));
}
