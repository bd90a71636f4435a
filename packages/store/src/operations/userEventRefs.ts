import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { withOrm } from '../orm.js';
import { OWNER_KIND } from '../ownerKind.js';
import type { Queryable } from '../Queryable.js';
import { events } from '../schema/events.js';
import { users } from '../schema/users.js';

/** Where an event stands in the log; the last of a page is the cursor to the next. */
export interface EventRef {
  logSeq: number;
  logIndex: number;
}

/** Where a user's events stand in the log, newest first; without those that were retracted. */
export async function userEventRefs(
  db: Queryable,
  page: { tenantKey: number; userId: string; limit: number; after?: EventRef },
): Promise<EventRef[]> {
  const { after } = page;
  return withOrm(db, (orm) =>
    orm
      .select({ logSeq: events.logSeq, logIndex: events.logIndex })
      .from(events)
      .innerJoin(users, and(eq(users.tenantKey, events.tenantKey), eq(users.userKey, events.userKey)))
      .where(
        and(
          eq(events.tenantKey, page.tenantKey),
          eq(users.kind, OWNER_KIND.user),
          eq(users.userId, page.userId),
          isNull(events.retractedSeq),
          after === undefined ? undefined : sql`(${events.logSeq}, ${events.logIndex}) < (${after.logSeq}::int8, ${after.logIndex}::int4)`,
        ),
      )
      .orderBy(desc(events.logSeq), desc(events.logIndex))
      .limit(page.limit),
  );
}
