import { and, desc, eq, sql } from 'drizzle-orm';
import { withOrm } from '../orm.js';
import { OWNER_KIND } from '../ownerKind.js';
import type { Queryable } from '../Queryable.js';
import { users } from '../schema/users.js';
import { xpEntries } from '../schema/xpEntries.js';

/** The place of an entry in the log: the last of a page is the cursor to the next. */
export interface XpCursor {
  logSeq: number;
  ordinal: number;
  entryId: string;
}

export interface ListedXpEntry extends XpCursor {
  amount: number;
  totalAfter: number;
  reason: string;
  slug: string | null;
  level: string | null;
  period: string | null;
  ruleId: string | null;
  /** Epoch milliseconds. */
  occurredAt: number;
  causedBy: string;
}

/**
 * A user's ledger, newest first in log order: that in which it was booked, so that totals follow from one another. A cursor
 * loses nothing and brings nothing twice, since an entry never changes its place.
 */
export async function listXpEntries(
  db: Queryable,
  page: { tenantKey: number; userId: string; limit: number; after?: XpCursor },
): Promise<ListedXpEntry[]> {
  const { after } = page;
  return withOrm(db, (orm) =>
    orm
      .select({
        entryId: xpEntries.entryId,
        amount: xpEntries.amount,
        totalAfter: xpEntries.totalAfter,
        reason: xpEntries.reason,
        slug: xpEntries.slug,
        level: xpEntries.level,
        period: xpEntries.period,
        ruleId: xpEntries.ruleId,
        occurredAt: xpEntries.occurredAt,
        causedBy: xpEntries.causedBy,
        logSeq: xpEntries.logSeq,
        ordinal: xpEntries.ordinal,
      })
      .from(xpEntries)
      .innerJoin(users, and(eq(users.tenantKey, xpEntries.tenantKey), eq(users.userKey, xpEntries.userKey)))
      .where(
        and(
          eq(xpEntries.tenantKey, page.tenantKey),
          eq(users.kind, OWNER_KIND.user),
          eq(users.userId, page.userId),
          after === undefined
            ? undefined
            : sql`(${xpEntries.logSeq}, ${xpEntries.ordinal}, ${xpEntries.entryId}) < (${after.logSeq}::int8, ${after.ordinal}::int4, ${after.entryId}::uuid)`,
        ),
      )
      .orderBy(desc(xpEntries.logSeq), desc(xpEntries.ordinal), desc(xpEntries.entryId))
      .limit(page.limit),
  );
}
