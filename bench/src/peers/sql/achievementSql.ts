import type { AchievementDefinition, ChecklistCriteria, EventMatcher, StreakCriteria } from '@cairn/engine';
import { filterSql, typeSql, valueSql } from './whereSql.js';

/** Weeks begin on Monday in both, and the standard work knows no other time zone. */
const PERIOD_FORMAT = { day: 'YYYY-MM-DD', week: 'IYYY-"W"IW', month: 'YYYY-MM', quarter: 'YYYY-"Q"Q', year: 'YYYY' } as const;

/**
 * The unlocks of one achievement, recounted from the events of the users in $1: a query of (user_id, level, period). As one would
 * write it by hand for each achievement.
 */
export function achievementSql(definition: AchievementDefinition): string {
  const { criteria } = definition;
  if (criteria.type === 'manual')
    return criteria.on === null ? never() : `SELECT DISTINCT e.user_id, '' AS level, '' AS period ${eventsOf(criteria.on)}`;
  if (criteria.type === 'achievements') return heldSql(criteria.slugs);
  const levels = definition.levels ?? [{ name: '', threshold: criteria.threshold }];
  const rows = levels.map(({ name, threshold }) => `('${name}', ${String(threshold)}::numeric)`).join(', ');
  const values = `WITH counted AS (${countedSql(definition)}), levels (level, threshold) AS (VALUES ${rows})`;
  if (definition.repeat === 'every_threshold')
    return `${values} SELECT user_id, level, '#' || n AS period FROM counted, levels, generate_series(1, floor(value / threshold)::int) AS n`;
  const period = definition.repeat === 'each_period' ? 'period' : "''";
  return `${values} SELECT DISTINCT user_id, level, ${period} AS period FROM counted, levels WHERE value >= threshold`;
}

/** (user_id, period, value) */
function countedSql({ criteria }: AchievementDefinition): string {
  switch (criteria.type) {
    case 'count':
      return groupedSql(criteria, 'count(*)');
    case 'sum':
      return groupedSql(criteria, `sum(${valueSql(criteria.value).number})`);
    case 'max':
      return groupedSql(criteria, `max(${valueSql(criteria.value).number})`);
    case 'distinct':
      return groupedSql(criteria, `count(DISTINCT ${valueSql(criteria.value).text})`);
    case 'latest':
      return groupedSql(criteria, `(array_agg(${valueSql(criteria.value).number} ORDER BY e.occurred_at DESC))[1]`);
    case 'streak':
      return streakSql(criteria);
    case 'checklist':
      return checklistSql(criteria);
    case 'xp':
      return `SELECT user_id, '' AS period, sum(amount) AS value FROM peer_xp WHERE user_id = ANY($1) GROUP BY user_id`;
    default:
      throw new Error(`no SQL is known for a ${criteria.type}`);
  }
}

function eventsOf({ event, where }: EventMatcher): string {
  return `FROM peer_events AS e WHERE e.user_id = ANY($1) AND (${typeSql(event)}) AND ${filterSql(where)}`;
}

function groupedSql(
  criteria: EventMatcher & { window: { calendar: keyof typeof PERIOD_FORMAT } | { rolling: string } | null },
  value: string,
): string {
  const { window } = criteria;
  if (window === null) return `SELECT e.user_id, '' AS period, ${value} AS value ${eventsOf(criteria)} GROUP BY e.user_id`;
  if ('rolling' in window) throw new Error('no SQL is known for a rolling window');
  const period = `to_char(e.occurred_at AT TIME ZONE 'UTC', '${PERIOD_FORMAT[window.calendar]}')`;
  return `SELECT e.user_id, ${period} AS period, ${value} AS value ${eventsOf(criteria)} GROUP BY e.user_id, 2`;
}

/** The longest run of periods with enough events, in which so many may be missing between two. */
function streakSql(criteria: StreakCriteria): string {
  const { every, min, grace } = criteria;
  const start = `date_trunc('${every}', e.occurred_at AT TIME ZONE 'UTC')`;
  const step = String(1 + grace);
  return `
    SELECT user_id, '' AS period, max(length) AS value FROM (
      SELECT user_id, count(*) AS length FROM (
        SELECT user_id, count(*) FILTER (WHERE begins) OVER (PARTITION BY user_id ORDER BY start) AS run FROM (
          SELECT e.user_id, ${start} AS start,
                 coalesce(${start} - lag(${start}) OVER (PARTITION BY e.user_id ORDER BY ${start}) > ${step} * interval '1 ${every}', true) AS begins
          ${eventsOf(criteria)} GROUP BY e.user_id, 2 HAVING count(*) >= ${String(min)}
        ) AS periods
      ) AS runs GROUP BY user_id, run
    ) AS lengths GROUP BY user_id`;
}

function checklistSql({ steps }: ChecklistCriteria): string {
  const done = steps.map(({ id, ...matcher }) => `SELECT e.user_id, '${id}' AS step ${eventsOf(matcher)}`);
  return `SELECT user_id, '' AS period, count(DISTINCT step) AS value FROM (${done.join(' UNION ALL ')}) AS done GROUP BY user_id`;
}

function heldSql(slugs: readonly string[]): string {
  return `SELECT user_id, '' AS level, '' AS period FROM peer_unlocks
           WHERE user_id = ANY($1) AND slug IN (${slugs.map((slug) => `'${slug}'`).join(', ')})
           GROUP BY user_id HAVING count(DISTINCT slug) = ${String(slugs.length)}`;
}

function never(): string {
  return `SELECT ''::text AS user_id, '' AS level, '' AS period WHERE false`;
}
