import type { Rule } from '../catalogue/rule.js';
import { formatInstant } from '../expressions/formatInstant.js';
import { derivedValue } from '../settle.js';
import type { UserState } from '../state/userState.js';
import { formatPeriod } from '../windows/period.js';
import type { Findings } from './findings.js';
import { BURST_SHARE_MAX, EVERYBODY_SHARE_MIN, FIRST_DAY_MS, UNSEEN_MS } from './limits.js';
import type { PreviewWarning, PreviewWarningCode } from './previewReport.js';
import type { Rung } from './rung.js';
import { timesToUnlock } from './timesToUnlock.js';

/** What the author of the draft should look at, in the order of its achievements, then of its rules of XP. */
export function warningsOf(found: Findings): PreviewWarning[] {
  const ofAchievements = found.draft.rules.flatMap((rule) => {
    const rungs = found.rungs.filter((rung) => rung.rule === rule);
    const events = rule.matchers.flatMap((matcher) => matcher.events);
    return [
      ...unseen(found, events).map((message) => warning('event_not_seen', rule.slug, message)),
      ...nobody(found, rule, rungs),
      ...(found.users.size === 0 ? [] : [everybody(found, rungs), moreThanDaily(found, rungs), bursts(found, rungs)].flat()),
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
function nobody(found: Findings, rule: Rule, rungs: readonly Rung[]): PreviewWarning[] {
  if (rule.definition.criteria.type === 'manual' && rule.matchers.length === 0) return [];
  const missed = rungs.filter(({ number }) => found.tally.rung(number).unlocks === 0);
  const [lowest] = missed;
  if (lowest === undefined) return [];
  if (missed.length === rungs.length) return [warning('nobody', rule.slug, `nobody would get it: ${whyNobody(found, lowest)}`)];
  return missed.map((rung) => ({
    ...warning('nobody', rule.slug, `nobody would get to ${rung.level.name}: ${whyNobody(found, rung)}`),
    level: rung.level.name,
  }));
}

function whyNobody(found: Findings, { rule, level }: Rung): string {
  let furthest = { userId: '', value: 0 };
  for (const [userId, { state }] of found.users) {
    const value = highestValue(state, rule);
    if (value > furthest.value) furthest = { userId, value };
  }
  if (furthest.value <= 0) return 'nothing counts for it so far. Check its event and where against what producers send';
  const reached = `${furthest.userId} comes the furthest, to ${plain(furthest.value)} of ${plain(level.threshold)}`;
  if (furthest.value < level.threshold) return `${reached}. Lower the threshold, or widen its where or window`;
  const { tierRequired, sensitive } = rule.definition;
  return `${reached}, but may not have it. ${
    tierRequired === null
      ? sensitive
        ? 'It is sensitive, and counts only for who opts in: ask for that first'
        : 'Who comes so far has opted out of its category'
      : `No such user has the tier ${tierRequired}: lower tier_required, or say in the description who can have it`
  }`;
}

/** The highest that one user came in any of the windows that are still counted. */
function highestValue(state: UserState, rule: Rule): number {
  if (rule.isDerived) return derivedValue(state, rule) ?? 0;
  const entry = state.achievements.get(rule.slug);
  let highest = entry?.lifetime?.measure() ?? 0;
  for (const counts of entry?.periods.values() ?? []) highest = Math.max(highest, counts.measure() ?? 0);
  return highest;
}

/** An achievement with levels is judged by its last. */
function everybody({ users }: Findings, rungs: readonly Rung[]): PreviewWarning[] {
  const last = rungs.at(-1);
  if (last === undefined) return [];
  const soon = timesToUnlock(users.values(), [last]).filter((ms) => ms <= FIRST_DAY_MS).length;
  const share = soon / users.size;
  if (share < EVERYBODY_SHARE_MIN) return [];
  const message = `${percent(share)} of the users would get it within 24 hours of their first event, which makes it no achievement: raise the threshold, or narrow its where`;
  return [warning('everybody_first_day', last.rule.slug, message)];
}

function moreThanDaily({ users, oneIn }: Findings, rungs: readonly Rung[]): PreviewWarning[] {
  return rungs
    .filter((rung) => rung.mayRepeatDaily)
    .flatMap((rung) => {
      let often = 0;
      let busiest = { userId: '', day: 0, unlocks: 1 };
      for (const [userId, user] of users) {
        const day = user.busiestDayOf(rung.number);
        if (day === null || day.unlocks <= 1) continue;
        often += 1;
        if (day.unlocks > busiest.unlocks) busiest = { userId, ...day };
      }
      if (often === 0) return [];
      const count = often * oneIn;
      const who = `${String(count)} ${count === 1 ? 'user' : 'users'} would get it more than once on a day`;
      const most = `${busiest.userId} ${String(busiest.unlocks)} times on ${formatPeriod('day', busiest.day)}`;
      const message = `${who} (${most}): raise the threshold, or count by window: { calendar: day } with repeat: each_period`;
      return [warning('more_than_daily', rung.rule.slug, message)];
    });
}

function bursts({ tally }: Findings, rungs: readonly Rung[]): PreviewWarning[] {
  const tallies = rungs.map(({ number }) => tally.rung(number));
  const unlocks = tallies.reduce((sum, rung) => sum + rung.unlocks, 0);
  const fromBursts = tallies.reduce((sum, rung) => sum + rung.fromBursts, 0);
  const [first] = rungs;
  if (first === undefined || fromBursts <= unlocks * BURST_SHARE_MAX) return [];
  const message = `${percent(fromBursts / unlocks)} of its unlocks come from bursts of the same event within a minute, so it can be farmed: count distinct values, or days with a streak, instead of events`;
  return [warning('bursts', first.rule.slug, message)];
}

function percent(share: number): string {
  return `${String(Math.floor(share * 100))} %`;
}

function plain(value: number): string {
  return String(Math.round(value * 100) / 100);
}
