import type { Rule } from '../catalogue/rule.js';
import { formatInstant } from '../expressions/formatInstant.js';
import type { Explanation, NotCountedReason } from './explanation.js';
import { wantedTypes } from './judgeEvent.js';

const REASONS: Readonly<Record<NotCountedReason, string>> = {
  other_type: 'had another type',
  version_not_in_effect: 'came before this version was published',
  already_unlocked: 'came after everything was unlocked',
  opted_out: 'came while you had opted out',
  not_opted_in: 'came while you had not opted in',
  where_false: 'did not pass the filter',
  evaluation_failed: 'could not be evaluated',
  skipped_day: 'fell on days that are left out',
  adds_nothing: 'repeated what was counted already',
  outside_window: 'lie outside the current period',
};

/** One sentence, or two, on where someone stands with an achievement. */
export function summarise(rule: Rule, explained: Omit<Explanation, 'summary'>): string {
  const name = `“${rule.definition.name}”`;
  if (explained.status === 'unlocked') return unlockedSummary(name, explained);
  const level = nextLevel(rule, explained);
  const standing = `${name} is at ${String(explained.value)} of ${String(explained.threshold)}${level}: ${String(explained.missing)} more to go.`;
  return `${standing} ${blocked(rule, explained) ?? obstacle(rule, explained)}`.trim();
}

function unlockedSummary(name: string, { crossed }: Omit<Explanation, 'summary'>): string {
  const last = crossed.at(-1);
  if (last === undefined) return `${name} is unlocked, and not by events: it was granted by hand, or by an earlier version.`;
  const period = last.period === null ? '' : ` for ${last.period}`;
  return `${name} was unlocked${period} at ${formatInstant(last.at)}, when the value came to ${String(last.value)}, and ${String(last.threshold)} was needed.`;
}

function nextLevel(rule: Rule, { threshold }: Omit<Explanation, 'summary'>): string {
  const level = rule.levels.find((candidate) => candidate.threshold === threshold);
  return level === undefined || level.name === '' ? '' : ` for ${level.name}`;
}

function blocked(rule: Rule, { blockedBy, missing }: Omit<Explanation, 'summary'>): string | null {
  switch (blockedBy) {
    case null:
      return null;
    case 'below_tier':
      return missing > 0
        ? `It also needs the plan ${rule.definition.tierRequired ?? ''}.`
        : `It waits for the plan ${rule.definition.tierRequired ?? ''}.`;
    case 'opted_out':
      return `Nothing counts while you are opted out of ${rule.definition.category}.`;
    case 'not_opted_in':
      return `It is sensitive, and counts only once you opt in to ${rule.definition.category}.`;
  }
}

function obstacle(rule: Rule, { countedTotal, notCountedTotals, missingSlugs }: Omit<Explanation, 'summary'>): string {
  const { criteria } = rule.definition;
  if (criteria.type === 'xp') return 'It looks at your XP.';
  if (criteria.type === 'achievements') return `Still to unlock: ${missingSlugs.join(', ')}.`;
  if (rule.matchers.length === 0) return 'It is granted by hand.';
  const [reason, total] = Object.entries(notCountedTotals)
    .filter(([code]) => code !== 'other_type')
    .sort(([, a], [, b]) => b - a)[0] ?? ['', 0];
  if (total > 0 && countedTotal < total)
    return `${String(total)} ${total === 1 ? 'event' : 'events'} ${REASONS[reason as NotCountedReason]}.`;
  return countedTotal === 0 ? `No event of ${wantedTypes(rule)} was seen.` : '';
}
