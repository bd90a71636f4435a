import type pg from 'pg';

export interface StoredUnlock {
  /** `tenant|unlock_id`. */
  id: string;
  /** `tenant|user|slug|level|period`; a team as `team:<team>`. */
  key: string;
  xp: number;
  isRevoked: boolean;
}

const TEAM = 1;

export async function storedUnlocks(database: pg.Client): Promise<StoredUnlock[]> {
  const { rows } = await database.query<{ id: string; key: string; xp: string; revoked: boolean }>(
    `SELECT t.tenant_id || '|' || k.unlock_id AS id,
            t.tenant_id || '|' || CASE u.kind WHEN ${String(TEAM)} THEN 'team:' ELSE '' END || u.user_id || '|' || k.slug || '|' || k.level || '|' || k.period AS key,
            k.xp_reward AS xp, k.revoked_at IS NOT NULL AS revoked
       FROM unlocks AS k JOIN users AS u USING (tenant_key, user_key) JOIN tenants AS t USING (tenant_key)`,
  );
  return rows.map(({ id, key, xp, revoked }) => ({ id, key, xp: Number(xp), isRevoked: revoked }));
}
