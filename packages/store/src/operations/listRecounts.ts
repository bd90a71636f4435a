import { and, asc, eq, getTableColumns } from 'drizzle-orm';
import type { RecountRow } from '../hot/EvaluationBatch.js';
import { withOrm } from '../orm.js';
import type { Queryable } from '../Queryable.js';
import { recounts } from '../schema/recounts.js';
import { tenants } from '../schema/tenants.js';

/** What is pending, as those see it who wait for it. */
export interface PendingRecountRow extends RecountRow {
  partition: number;
  /** How far the log is read for the slice at hand. */
  readSeq: number;
}

/** All that is pending, of a partition or a tenant where one is given, in log order. */
export async function listRecounts(db: Queryable, of: { partition?: number; tenantKey?: number } = {}): Promise<PendingRecountRow[]> {
  const { partition, tenantKey } = of;
  return withOrm(db, (orm) =>
    orm
      .select({ ...getTableColumns(recounts), tenantId: tenants.tenantId })
      .from(recounts)
      .innerJoin(tenants, eq(tenants.tenantKey, recounts.tenantKey))
      .where(
        and(
          partition === undefined ? undefined : eq(recounts.partition, partition),
          tenantKey === undefined ? undefined : eq(recounts.tenantKey, tenantKey),
        ),
      )
      .orderBy(asc(recounts.logSeq), asc(recounts.tenantKey), asc(recounts.partition), asc(recounts.kind)),
  );
}
