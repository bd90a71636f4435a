/** A tenant that was merged into another, and how far its history has come along. */
export interface TenantMerge {
  tenantKey: number;
  tenantId: string;
  /** The id of the one that goes on. */
  intoTenant: string;
  /** The entry of the log: what comes behind it is the other's. */
  logSeq: number;
  /** Epoch milliseconds. */
  at: number;
  /** Up to where the history was gone through. */
  scannedSeq: number;
  /** Events that came along. */
  events: number;
  /** Epoch milliseconds; null while there is more to come. */
  finishedAt: number | null;
}

/** For SELECT, of `tenant_merges AS m`, `tenants AS t` and a LEFT JOIN of `tenant_copies AS c`. */
export const TENANT_MERGE_COLUMNS = `m.tenant_key AS "tenantKey", t.tenant_id AS "tenantId", m.into_tenant AS "intoTenant", m.log_seq AS "logSeq",
  floor(extract(epoch FROM m.at) * 1000)::int8 AS at, coalesce(c.scanned_seq, 0) AS "scannedSeq", coalesce(c.events, 0) AS events,
  floor(extract(epoch FROM c.finished_at) * 1000)::int8 AS "finishedAt"`;
