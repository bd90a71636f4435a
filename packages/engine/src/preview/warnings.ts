import type { Rule } from '../catalogue/rule.js';
import { formatInstant } from '../expressions/formatInstant.js';
import { derivedValue } from '../settle.js';
import type { UserState } from '../state/userState.js';
import { formatPeriod } from '../windows/period.js';
import type { Crowd } from './crowd.js';
import type { Findings } from './findings.js';
import { BURST_SHARE_MAX, EVERYBODY_SHARE_MIN, FIRST_DAY_MS, UNSEEN_MS } from './limits.js';
import type { PreviewWarning, PreviewWarningCode } from './previewReport.js';
import type { Reached } from './reached.js';
import type { Rung } from './rung.js';

/** What the author of the draft should look at, in the order of its achievements, then of its rules of XP. */
export function warningsOf(found: Findings, achievements: readonly Reached[]): PreviewWarning[] {
  const ofAchievements = achievements.flatMap((reached) => {
    const { rule, crowd } = reached;
    const events = rule.matchers.flatMap((matcher) => matcher.events);
    return [
      ...unseen(found, events).map((message) => warning('event_not_seen', rule.slug, message)),
      ...nobody(reached),
      ...(crowd.holders.size === 0 ? [] : [everybody(reached), moreThanDaily(reached), bursts(reached)].flat()),
    ];
  });
  const ofXpRules = found.pack.xpRules.flatMap(({ id, event }) =>
    unseen(found, event).map((message) => ({ ...warning('event_not_seen', null, message), xpRule: id })),
  );
  return [...ofAchievements, ...ofXpRules];
}

function warning(code: PreviewWarningCode, slug: string | null, message: string): PreviewWarning {
  return { code, slug, level: null, xpRule: null, message };
}

function unseen({ watch, now, since }: Findings, events: readonly string[]): string[] {
  return [...new Set(events)]
    .filter((event) => watch.lastSeen(event) < now - UNSEEN_MS)
    .map((event) => {
      const last = watch.lastSeen(event);
      if (last === Number.NEGATIVE_INFINITY)
        return `no event "${event}" was seen${since === null ? ' ever' : ' in the time that was looked at'}: check how the type is written, or let its producer send it first`;
      return `no event "${event}" was seen for 30 days, the last was at ${formatInstant(last)}: see whether its producer still sends it, or name the type that took its place`;
    });
}

/** What is given by hand alone is nobody's by the events. */
function nobody({ rule, crowd, rungs }: Reached): PreviewWarning[] {
  if (rule.definition.criteria.type === 'manual' && rule.matchers.length === 0) return [];
  const missed = rungs.filter(({ tally }) => tally.unlocks === 0).map(({ rung }) => rung);
  const [lowest] = missed;
  if (lowest === undefined) return [];
  const furthest = furthestOf(crowd, rule);
  if (missed.length === rungs.length) return [warning('nobody', rule.slug, `nobody would get it: ${whyNobody(lowest, furthest)}`)];
  return missed.map((rung) => ({
    ...warning('nobody', rule.slug, `nobody would get to ${rung.level.name}: ${whyNobody(rung, furthest)}`),
    level: rung.level.name,
  }));
}

/** How far who comes the furthest comes. */
interface Furthest {
  id: string;
  value: number;
}

function furthestOf({ holders }: Crowd, rule: Rule): Furthest {
  let furthest = { id: '', value: 0 };
  for (const { id, state } of holders.values()) {
    const value = highestValue(state, rule);
    if (value > furthest.value) furthest = { id, value };
  }
  return furthest;
}

function whyNobody({ rule, level }: Rung, { id, value }: Furthest): string {
  if (value <= 0)
    return `nothing counts for it so far. ${rule.isDerived ? 'See to what it builds on first' : 'Check its event and where against what producers send'}`;
  const reached = `${id} comes the furthest, to ${plain(value)} of ${plain(level.threshold)}`;
  if (value < level.threshold) return `${reached}. Lower the threshold, or let more count for it`;
  return `${reached}, but may not have it. ${whyRefused(rule)}`;
}

function whyRefused({ definition: { tierRequired, sensitive } }: Rule): string {
  if (tierRequired !== null)
    return `Nobody who comes so far has the tier ${tierRequired}: lower tier_required, or say in the description who can have it`;
  return sensitive
    ? 'It is sensitive, and counts only for who opts in: ask for that first'
    : 'Who comes so far has opted out of its category';
}

/** The highest that somebody came in any of the windows that are still counted. */
function highestValue(state: UserState, rule: Rule): number {
  if (rule.isDerived) return derivedValue(state, rule) ?? 0;
  const entry = state.achievements.get(rule.slug);
  let highest = entry?.lifetime?.measure() ?? 0;
  for (const counts of entry?.periods.values() ?? []) highest = Math.max(highest, counts.measure() ?? 0);
  return highest;
}

/** An achievement with levels is judged by its last. */
function everybody({ rule: { slug, definition }, crowd: { holders }, rungs }: Reached): PreviewWarning[] {
  const last = rungs.at(-1);
  if (last === undefined) return [];
  const soon = last.times.filter((ms) => ms <= FIRST_DAY_MS).length;
  const share = soon / holders.size;
  if (share < EVERYBODY_SHARE_MIN) return [];
  const who = `${percent(share)} of the ${definition.scope}s`;
  const message = `${who} would get it within 24 hours of their first event, which makes it no achievement: raise the threshold, or narrow its where`;
  return [warning('everybody_first_day', slug, message)];
}

function moreThanDaily({ rule, crowd: { holders, oneIn }, rungs }: Reached): PreviewWarning[] {
  const { slug, definition } = rule;
  const repeating = rungs.find(({ rung }) => rung.mayRepeatDaily);
  if (repeating === undefined) return [];
  let often = 0;
  let busiest = { id: '', day: 0, unlocks: 1 };
  for (const holder of holders.values()) {
    const day = holder.busiestDayOf(repeating.rung.number);
    if (day === null || day.unlocks <= 1) continue;
    often += 1;
    if (day.unlocks > busiest.unlocks) busiest = { id: holder.id, ...day };
  }
  if (often === 0) return [];
  const who = `${String(often * oneIn)} ${definition.scope}${often * oneIn === 1 ? '' : 's'} would get it more than once on a day`;
  const most = `${busiest.id} ${String(busiest.unlocks)} times on ${formatPeriod('day', busiest.day)}`;
  const message = `${who} (${most}): raise the threshold, or count by window: { calendar: day } with repeat: each_period`;
  return [warning('more_than_daily', slug, message)];
}

function bursts({ rule: { slug }, rungs }: Reached): PreviewWarning[] {
  const unlocks = rungs.reduce((sum, { tally }) => sum + tally.unlocks, 0);
  const fromBursts = rungs.reduce((sum, { tally }) => sum + tally.fromBursts, 0);
  if (fromBursts <= unlocks * BURST_SHARE_MAX) return [];
  const share = percent(fromBursts / unlocks);
  const message = `${share} of its unlocks come from bursts of the same event within a minute, so it can be farmed: count distinct values, or days with a streak, instead of events`;
  return [warning('bursts', slug, message)];
}

function percent(share: number): string {
  return `${String(Math.floor(share * 100))} %`;
}

function plain(value: number): string {
  return String(Math.round(value * 100) / 100);
}
