import { and, eq, gte, inArray, lte, or, sql } from 'drizzle-orm';
import { withOrm } from '../orm.js';
import type { Queryable } from '../Queryable.js';
import { audit } from '../schema/audit.js';

/** What was given or taken by hand, as the audit has it. */
export interface HandChangeEntry {
  auditId: string;
  at: number;
  actor: string;
  action: string;
  level: string | null;
  period: string | null;
  reason: string | null;
}

export interface HandChangesQuery {
  tenantKey: number;
  /** All ids of the user: the audit keeps the one that was named. */
  userIds: readonly string[];
  slug: string;
  /** Entries to look for by their ids; those that are no UUID are none. */
  auditIds: readonly string[];
  /** Spans of time to look through, in epoch milliseconds. */
  spans: readonly { from: number; until: number }[];
  limit: number;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The changes by hand of one achievement of one user that are looked for. */
export async function listHandChanges(db: Queryable, query: HandChangesQuery): Promise<HandChangeEntry[]> {
  const ids = query.auditIds.filter((id) => UUID.test(id));
  const places = [
    ...(ids.length === 0 ? [] : [inArray(audit.auditId, ids)]),
    ...query.spans.map(({ from, until }) => and(gte(audit.at, from), lte(audit.at, until))),
  ];
  if (places.length === 0) return [];
  return withOrm(db, (orm) =>
    orm
      .select({
        auditId: audit.auditId,
        at: audit.at,
        actor: audit.actor,
        action: audit.action,
        level: sql<string | null>`${audit.subject} ->> 'level'`,
        period: sql<string | null>`${audit.subject} ->> 'period'`,
        reason: audit.reason,
      })
      .from(audit)
      .where(
        and(
          eq(audit.tenantKey, query.tenantKey),
          or(...places),
          inArray(sql`${audit.subject} ->> 'user_id'`, [...query.userIds]),
          sql`${audit.subject} ->> 'slug' = ${query.slug}`,
        ),
      )
      .limit(query.limit),
  );
}
