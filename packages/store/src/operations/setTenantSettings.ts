import { inTransaction } from '../inTransaction.js';
import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

export interface TenantSettingsAt {
  tenantKey: number;
  /** The log sequence from which on they hold. */
  logSeq: number;
  /** All settings, not only those that changed; null for the default. */
  timezone: string | null;
  tierOrder: readonly string[] | null;
}

/** Idempotent, and in any order: every partition folds the same control entries, each at its own pace. */
export async function setTenantSettings(db: Queryable, settings: TenantSettingsAt): Promise<void> {
  await inTransaction(db, async (client) => {
    await runCommand(client, {
      text: `INSERT INTO tenant_settings (tenant_key, log_seq, timezone, tier_order) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      values: [settings.tenantKey, settings.logSeq, settings.timezone, settings.tierOrder],
    });
    await runCommand(client, {
      text: `UPDATE tenants AS t SET timezone = newest.timezone, tier_order = newest.tier_order
               FROM (SELECT timezone, tier_order FROM tenant_settings WHERE tenant_key = $1 ORDER BY log_seq DESC LIMIT 1) AS newest
              WHERE t.tenant_key = $1`,
      values: [settings.tenantKey],
    });
  });
}
