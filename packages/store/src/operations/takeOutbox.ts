import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export interface OutboxQuery {
  limit: number;
  /** Younger rows are still in the hands of the relay that wrote them. By the database's clock. */
  olderThanSeconds: number;
  partition?: number;
  /** Only rows behind this one: to page through one sweep. Not to be kept for the next, since ids do not commit in order. */
  afterId?: number;
}

export interface OutboxMessage {
  id: number;
  partition: number;
  subject: string;
  msgId: string;
  headers: Record<string, string> | null;
  payload: Buffer;
}

/**
 * Locks and returns what lies in the outbox, oldest first, stepping over what another sweep holds. The locks last as long as
 * the caller's transaction; on the pool, where every statement is one, they are gone at once.
 */
export async function takeOutbox(db: Queryable, query: OutboxQuery): Promise<OutboxMessage[]> {
  return runQuery<OutboxMessage>(db, {
    text: `SELECT id, partition, subject, msg_id AS "msgId", headers, payload
             FROM outbox
            WHERE id > $4::bigint AND created_at <= now() - make_interval(secs => $2::float8)
              AND ($3::smallint IS NULL OR partition = $3)
            ORDER BY id LIMIT $1
              FOR UPDATE SKIP LOCKED`,
    values: [query.limit, query.olderThanSeconds, query.partition ?? null, query.afterId ?? 0],
  });
}
