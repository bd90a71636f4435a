import { asc, eq } from 'drizzle-orm';
import { withOrm } from '../orm.js';
import type { Queryable } from '../Queryable.js';
import { eventTypes } from '../schema/eventTypes.js';
import { EVENT_TYPES_KEPT_MAX, type EventTypeRow } from './addEventTypes.js';

/** The types of events that a tenant sent, by name. */
export async function listEventTypes(db: Queryable, tenantKey: number): Promise<EventTypeRow[]> {
  return withOrm(db, (orm) =>
    orm.select().from(eventTypes).where(eq(eventTypes.tenantKey, tenantKey)).orderBy(asc(eventTypes.type)).limit(EVENT_TYPES_KEPT_MAX),
  );
}
