import { formatInstant } from '@cairn/contracts';
import type { LevelPreview, PreviewReport, Reach, SampledCount } from '@cairn/engine';
import { z } from '@hono/zod-openapi';

const reach = {
  unlocks: z.int(),
  holders: z.int().openapi({ description: 'Users, or teams, who would have it.' }),
  share: z.number().openapi({ description: 'Of those that were seen, from 0 to 1.' }),
  time_to_unlock: z
    .object({ median_seconds: z.number(), p90_seconds: z.number() })
    .nullable()
    .openapi({ description: "From a holder's earliest event to the earliest unlock; null where nobody has one." }),
};

const sampledCount = z.object({
  seen: z.int().openapi({ description: 'Those with an event.' }),
  sampled: z.int().openapi({ description: 'Those that the figures come from.' }),
  one_in: z.int().openapi({
    description:
      'One in so many was taken: above 1, all numbers of holders, unlocks and XP are estimates; `earliest` names those of the sample.',
  }),
});

export const previewSchema = z
  .object({
    pack: z.string(),
    since: z.iso.datetime().nullable().openapi({ description: 'Only events that occurred since then were folded.' }),
    events: z.int().openapi({ description: 'Events that were folded.' }),
    first_event_at: z.iso.datetime().nullable(),
    last_event_at: z.iso.datetime().nullable(),
    days: z.int().openapi({ description: "Calendar days from the first event to the last, in the tenant's zone." }),
    users: sampledCount,
    teams: sampledCount.nullable().openapi({ description: 'Those with an event of a member; null where the pack has nothing for teams.' }),
    achievements: z.array(
      z.object({
        slug: z.string(),
        name: z.string(),
        scope: z.enum(['user', 'team']),
        change: z.enum(['added', 'changed', 'unchanged', 'retired']),
        on_publish: z.enum(['recount', 'continue', 'restart']).nullable().openapi({
          description: 'What publishing does with the history, and `new` assumes; null where it stays as it is.',
        }),
        new: z.object({ unlocks: z.int(), holders: z.int() }).openapi({
          description:
            'What publishing would give at once to those who do not have it: by a recount over the same events, by `continue` from what they ' +
            'have counted so far; nothing by `restart`, nor by `continue` of a first version. All other figures are those of the whole history.',
        }),
        ...reach,
        unlocks_per_day: z.number().openapi({ description: 'On average over `days`.' }),
        histogram: z.object({
          days_per_bar: z.int().openapi({ description: '1, or 2, 4, 8 … where there would be more than 100 bars.' }),
          bars: z
            .array(z.object({ day: z.string().openapi({ example: '2026-04-12' }), unlocks: z.int() }))
            .openapi({ description: 'Those that are not empty, by their first day.' }),
        }),
        earliest: z
          .array(
            z.object({
              user_id: z.string().nullable(),
              team_id: z.string().nullable(),
              unlocked_at: z.iso.datetime(),
              level: z.string().nullable(),
              period: z.string().nullable(),
            }),
          )
          .openapi({ description: 'The ten earliest unlocks.' }),
        levels: z.array(z.object({ level: z.string(), threshold: z.number(), ...reach })),
      }),
    ),
    xp: z.object({
      total: z.number(),
      per_user: z.object({ median: z.number(), p90: z.number() }).nullable(),
      rules: z.array(z.object({ id: z.string(), total: z.number() })),
    }),
    warnings: z.array(
      z.object({
        code: z.enum(['nobody', 'everybody_first_day', 'more_than_daily', 'bursts', 'event_not_seen']),
        slug: z.string().nullable().openapi({ description: 'Null where it is about a rule of XP.' }),
        level: z.string().nullable(),
        xp_rule: z.string().nullable(),
        message: z.string().openapi({ description: 'What is the matter, and what to change.' }),
      }),
    ),
  })
  .openapi('PackPreview');

export type PreviewView = z.infer<typeof previewSchema>;

export function previewView(report: PreviewReport): PreviewView {
  return {
    pack: report.pack,
    since: instantOrNull(report.since),
    events: report.events,
    first_event_at: instantOrNull(report.from),
    last_event_at: instantOrNull(report.until),
    days: report.days,
    users: countView(report.users),
    teams: report.teams === null ? null : countView(report.teams),
    achievements: report.achievements.map((achievement) => ({
      slug: achievement.slug,
      name: achievement.name,
      scope: achievement.scope,
      change: achievement.change,
      on_publish: achievement.onPublish,
      new: achievement.fresh ?? { unlocks: 0, holders: 0 },
      ...reachView(achievement),
      unlocks_per_day: achievement.unlocksADay,
      histogram: { days_per_bar: achievement.histogram.daysPerBar, bars: achievement.histogram.bars },
      earliest: achievement.earliest.map(({ userId, teamId, at, level, period }) => ({
        user_id: userId,
        team_id: teamId,
        unlocked_at: formatInstant(at),
        level,
        period,
      })),
      levels: achievement.levels.map(levelView),
    })),
    xp: { total: report.xp.total, per_user: report.xp.perUser, rules: report.xp.rules },
    warnings: report.warnings.map(({ xpRule, ...warning }) => ({ ...warning, xp_rule: xpRule })),
  };
}

function levelView(level: LevelPreview): PreviewView['achievements'][number]['levels'][number] {
  return { level: level.level, threshold: level.threshold, ...reachView(level) };
}

function countView({ seen, sampled, oneIn }: SampledCount): PreviewView['users'] {
  return { seen, sampled, one_in: oneIn };
}

function reachView({ unlocks, holders, share, timeToUnlock }: Reach) {
  return {
    unlocks,
    holders,
    share,
    time_to_unlock: timeToUnlock === null ? null : { median_seconds: timeToUnlock.medianMs / 1000, p90_seconds: timeToUnlock.p90Ms / 1000 },
  };
}

function instantOrNull(instant: number | null): string | null {
  return instant === null ? null : formatInstant(instant);
}
