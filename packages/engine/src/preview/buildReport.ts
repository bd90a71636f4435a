import type { Rule } from '../catalogue/rule.js';
import { formatPeriod } from '../windows/period.js';
import { zoneOrUtc } from '../zones/zones.js';
import type { Findings } from './findings.js';
import type { AchievementPreview, PreviewReport, Reach, XpPreview } from './previewReport.js';
import { medianOf, p90Of } from './quantiles.js';
import type { Rung } from './rung.js';
import { RungTally } from './rungTally.js';
import { timesToUnlock } from './timesToUnlock.js';
import { warningsOf } from './warnings.js';

export function buildReport(found: Findings): PreviewReport {
  const days = daysOf(found);
  const hasEvents = found.events > 0;
  return {
    pack: found.pack.pack,
    since: found.since,
    events: found.events,
    from: hasEvents ? found.from : null,
    until: hasEvents ? found.until : null,
    days,
    users: { seen: found.users.size * found.oneIn, sampled: found.users.size, oneIn: found.oneIn },
    achievements: found.draft.rules.map((rule) => achievementOf(found, rule, days)),
    xp: xpOf(found),
    warnings: warningsOf(found),
  };
}

function daysOf({ draft, events, from, until }: Findings): number {
  const zone = zoneOrUtc(draft.catalogue.settings.timezone);
  return events === 0 ? 0 : zone.dayOf(until) - zone.dayOf(from) + 1;
}

function achievementOf(found: Findings, rule: Rule, days: number): AchievementPreview {
  const rungs = found.rungs.filter((rung) => rung.rule === rule);
  const all = new RungTally();
  for (const { number } of rungs) all.merge(found.tally.rung(number));
  const reach = reachOf(found, rungs, all);
  return {
    slug: rule.slug,
    name: rule.definition.name,
    change: found.draft.plan.changes.find(({ slug }) => slug === rule.slug)?.change ?? 'unchanged',
    ...reach,
    unlocksADay: days === 0 ? 0 : reach.unlocks / days,
    histogram: {
      daysPerBar: all.days.daysPerBar,
      bars: all.days.bars().map(({ day, count }) => ({ day: formatPeriod('day', day), unlocks: count * found.oneIn })),
    },
    earliest: [...all.earliest],
    levels:
      rule.definition.levels === null
        ? []
        : rungs.map((rung) => ({
            level: rung.level.name,
            threshold: rung.level.threshold,
            ...reachOf(found, [rung], found.tally.rung(rung.number)),
          })),
  };
}

function reachOf({ users, oneIn }: Findings, rungs: readonly Rung[], tally: RungTally): Reach {
  const times = timesToUnlock(users.values(), rungs);
  return {
    unlocks: tally.unlocks * oneIn,
    users: times.length * oneIn,
    share: users.size === 0 ? 0 : times.length / users.size,
    timeToUnlock: times.length === 0 ? null : { medianMs: medianOf(times), p90Ms: p90Of(times) },
  };
}

function xpOf({ pack, users, oneIn, tally }: Findings): XpPreview {
  const each = Float64Array.from([...users.values()].map(({ xp }) => xp)).sort();
  return {
    total: each.reduce((sum, xp) => sum + xp, 0) * oneIn,
    perUser: each.length === 0 ? null : { median: medianOf(each), p90: p90Of(each) },
    rules: pack.xpRules.map(({ id }) => ({ id, total: tally.xpOf(id) * oneIn })),
  };
}
