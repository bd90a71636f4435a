import type { AchievementDefinition } from '@cairn/engine';
import { achievementSql } from './achievementSql.js';

/** A statement that gives the users in $1 what they have reached and do not hold, with its XP, and to which events it listens. */
export interface AchievementSweep {
  text: string;
  /** Null where it depends on what else was unlocked: after all others. */
  listensTo: readonly string[] | null;
}

/** One for each achievement; those that depend on others come last. */
export function sweepsOf(achievements: readonly AchievementDefinition[]): AchievementSweep[] {
  const sweeps = achievements.map((definition) => ({ text: sweepSql(definition), listensTo: listensTo(definition) }));
  return [...sweeps.filter(({ listensTo: types }) => types !== null), ...sweeps.filter(({ listensTo: types }) => types === null)];
}

function sweepSql(definition: AchievementDefinition): string {
  const levels = definition.levels ?? [{ name: '', xpReward: definition.xpReward }];
  const rewards = levels.map(({ name, xpReward }) => `('${name}', ${String(xpReward)})`).join(', ');
  return `
    WITH reached AS (${achievementSql(definition)}), unlocked AS (
      INSERT INTO peer_unlocks (user_id, slug, level, period)
      SELECT user_id, '${definition.slug}', level, period FROM reached
      ON CONFLICT DO NOTHING
      RETURNING user_id, level, period
    ), rewards (level, amount) AS (VALUES ${rewards})
    INSERT INTO peer_xp (user_id, entry_key, amount)
    SELECT user_id, concat_ws('|', '${definition.slug}', level, period), amount FROM unlocked JOIN rewards USING (level)
    ON CONFLICT DO NOTHING`;
}

function listensTo({ criteria }: AchievementDefinition): readonly string[] | null {
  if (criteria.type === 'achievements' || criteria.type === 'xp') return null;
  if (criteria.type === 'manual') return criteria.on?.event ?? [];
  if (criteria.type === 'checklist' || criteria.type === 'sequence') return criteria.steps.flatMap(({ event }) => event);
  return criteria.event;
}
