import type pg from 'pg';
import type { Expected } from '../plan/recount.js';
import { type Check, DIFFERENCES_SHOWN_MAX } from './Check.js';

interface LedgerRow {
  user: string;
  total: string;
  /** Of what is held. */
  rewards: string;
  /** What rules paid. */
  earned: string;
}

/** For every user: Σ ledger = Σ rewards − revocations, and both are what the recount says. */
export async function checkLedger(database: pg.Client, expected: Expected): Promise<Check> {
  const { rows } = await database.query<LedgerRow>(
    `SELECT t.tenant_id || '|' || u.user_id AS "user", coalesce(x.total, 0) AS total, coalesce(x.earned, 0) AS earned,
            coalesce(k.rewards, 0) AS rewards
       FROM users AS u JOIN tenants AS t USING (tenant_key)
       LEFT JOIN (SELECT tenant_key, user_key, sum(amount) AS total, sum(amount) FILTER (WHERE rule_id IS NOT NULL) AS earned
                    FROM xp_entries GROUP BY 1, 2) AS x USING (tenant_key, user_key)
       LEFT JOIN (SELECT tenant_key, user_key, sum(xp_reward) AS rewards
                    FROM unlocks WHERE revoked_at IS NULL GROUP BY 1, 2) AS k USING (tenant_key, user_key)
      WHERE u.kind = 0`,
  );
  const differences: string[] = [];
  let found = 0;
  const seen = new Set<string>();
  for (const row of rows) {
    const [total, due] = [Number(row.total), expected.xp.get(row.user) ?? 0];
    found += total;
    seen.add(row.user);
    if (total === due && total === Number(row.rewards) + Number(row.earned)) continue;
    differences.push(`${row.user}: ledger ${row.total}, rewards ${row.rewards}, by rules ${row.earned}, due ${String(due)}`);
  }
  for (const [user, due] of expected.xp) if (!seen.has(user)) differences.push(`${user}: not there, due ${String(due)}`);
  return {
    name: 'Σ ledger = Σ rewards − revoked',
    expected: [...expected.xp.values()].reduce((sum, xp) => sum + xp, 0),
    found,
    differences: differences.slice(0, DIFFERENCES_SHOWN_MAX),
  };
}
