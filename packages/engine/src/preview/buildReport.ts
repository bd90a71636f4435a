import type { Rule } from '../catalogue/rule.js';
import { formatPeriod } from '../windows/period.js';
import { zoneOrUtc } from '../zones/zones.js';
import type { Crowd } from './crowd.js';
import type { Findings } from './findings.js';
import { type Fresh, publishingOf } from './freshUnlocks.js';
import type { AchievementPreview, PreviewReport, Reach, SampledCount, XpPreview } from './previewReport.js';
import { medianOf, p90Of } from './quantiles.js';
import { type Reached, reachedOf } from './reached.js';
import { RungTally } from './rungTally.js';
import { warningsOf } from './warnings.js';

export function buildReport(found: Findings): PreviewReport {
  const days = daysOf(found);
  const reached = found.draft.rules.map((rule) => reachedOf(found, rule));
  const hasEvents = found.events > 0;
  return {
    pack: found.pack.pack,
    since: found.since,
    events: found.events,
    from: hasEvents ? found.from : null,
    until: hasEvents ? found.until : null,
    days,
    users: countOf(found.crowds.user),
    teams: found.crowds.team.rungs.length === 0 ? null : countOf(found.crowds.team),
    achievements: reached.map((one) => achievementOf(found, one, days)),
    xp: xpOf(found),
    warnings: warningsOf(found, reached),
  };
}

function countOf({ holders, oneIn }: Crowd): SampledCount {
  return { seen: holders.size * oneIn, sampled: holders.size, oneIn };
}

function daysOf({ draft, events, from, until }: Findings): number {
  const zone = zoneOrUtc(draft.catalogue.settings.timezone);
  return events === 0 ? 0 : zone.dayOf(until) - zone.dayOf(from) + 1;
}

function achievementOf(found: Findings, { rule, crowd, rungs, times }: Reached, days: number): AchievementPreview {
  const { scope } = rule.definition;
  const all = new RungTally();
  for (const { tally } of rungs) all.merge(tally);
  const reach = reachOf(crowd, times, all);
  return {
    slug: rule.slug,
    name: rule.definition.name,
    scope,
    change: found.draft.plan.changes.find(({ slug }) => slug === rule.slug)?.change ?? 'unchanged',
    onPublish: publishingOf(found.draft, rule),
    fresh: freshOf(found, rule, crowd),
    ...reach,
    unlocksADay: days === 0 ? 0 : reach.unlocks / days,
    histogram: {
      daysPerBar: all.days.daysPerBar,
      bars: all.days.bars().map(({ day, count }) => ({ day: formatPeriod('day', day), unlocks: count * crowd.oneIn })),
    },
    earliest: all.earliest.map(({ holder, ...unlock }) => ({
      userId: scope === 'user' ? holder : null,
      teamId: scope === 'team' ? holder : null,
      ...unlock,
    })),
    levels:
      rule.definition.levels === null
        ? []
        : rungs.map(({ rung: { level }, tally, times: ofLevel }) => ({
            level: level.name,
            threshold: level.threshold,
            ...reachOf(crowd, ofLevel, tally),
          })),
  };
}

/** With nobody to compare, all that a sample of none has is nothing. */
function freshOf({ fresh }: Findings, { slug }: Rule, { oneIn }: Crowd): Fresh | null {
  if (fresh === null) return null;
  const { unlocks, holders } = fresh.of(slug);
  return { unlocks: unlocks * oneIn, holders: holders * oneIn };
}

function reachOf({ holders, oneIn }: Crowd, times: Float64Array, tally: RungTally): Reach {
  return {
    unlocks: tally.unlocks * oneIn,
    holders: times.length * oneIn,
    share: holders.size === 0 ? 0 : times.length / holders.size,
    timeToUnlock: times.length === 0 ? null : { medianMs: medianOf(times), p90Ms: p90Of(times) },
  };
}

function xpOf({ pack, crowds: { user: users }, tallies }: Findings): XpPreview {
  const each = Float64Array.from([...users.holders.values()].map(({ xp }) => xp)).sort();
  return {
    total: each.reduce((sum, xp) => sum + xp, 0) * users.oneIn,
    perUser: each.length === 0 ? null : { median: medianOf(each), p90: p90Of(each) },
    rules: pack.xpRules.map(({ id }) => ({ id, total: tallies.user.xpOf(id) * users.oneIn })),
  };
}
