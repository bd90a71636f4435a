import type { Rule } from '../catalogue/rule.js';
import type { CriterionState } from '../criteria/criterionState.js';
import { RatioState } from '../criteria/ratio.js';
import { formatInstant } from '../expressions/formatInstant.js';
import type { CrossedThreshold, DoneByHand, Explanation, NotCountedReason } from './explanation.js';
import { wantedTypes } from './judgeEvent.js';
import { ratioShown, ratioWords } from './needs.js';

const REASONS: Readonly<Record<NotCountedReason, string>> = {
  other_type: 'had another type',
  version_not_in_effect: 'came before this version was published',
  already_unlocked: 'came after everything was unlocked',
  opted_out: 'came during an opt-out',
  not_opted_in: 'came without an opt-in',
  where_false: 'did not pass the filter',
  evaluation_failed: 'could not be evaluated',
  skipped_day: 'fell on days that are left out',
  too_late: 'came too late for their window',
  adds_nothing: 'repeated what was counted already',
  outside_window: 'lie outside the current period',
};

/** Criteria of which the bare number says too little. */
const TOLD_IN_WORDS: ReadonlySet<string> = new Set(['max', 'latest', 'streak', 'checklist', 'sequence', 'ratio', 'achievements', 'manual']);

type Explained = Omit<Explanation, 'summary' | 'event'> & {
  isPartial: boolean;
  isRecounting: boolean;
  /** There is neither an event nor an unlock of theirs. */
  isUnseen: boolean;
  /** What was counted in the current window. */
  counts: CriterionState | null;
};

/** A sentence or two on where someone stands with an achievement. */
export function summarise(rule: Rule, explained: Explained): string {
  const told = tell(rule, explained);
  if (!explained.isRecounting) return told;
  return `${told} Version ${String(explained.version)} is still being evaluated over the history, so this is not its last word.`;
}

function tell(rule: Rule, explained: Explained): string {
  if (explained.status === 'unlocked') return unlockedSummary(rule, explained);
  const revoked = explained.blockedBy === 'revoked' ? explained.crossed.findLast((crossing) => crossing.revoked !== null) : undefined;
  if (revoked !== undefined) return revokedSummary(rule, revoked);
  const told = TOLD_IN_WORDS.has(rule.definition.criteria.type) ? explained.needs : '';
  const why = [blocked(rule, explained) ?? '', explained.isUnseen ? unseen(rule) : ''].filter((part) => part !== '').join(' ');
  return [standing(rule, explained), told, why === '' ? obstacle(rule, explained) : why].filter((part) => part !== '').join(' ');
}

function standing(rule: Rule, { value, threshold, missing, counts }: Explained): string {
  const level = rule.levels.find((candidate) => candidate.threshold === threshold)?.name ?? '';
  const asked = `${String(threshold)}${level === '' ? '' : ` for ${level}`}`;
  const isRatio = rule.definition.criteria.type === 'ratio';
  if (isRatio && !(counts instanceof RatioState && counts.measure() !== null)) return `${quoted(rule)} asks for a ratio of ${asked}.`;
  if (missing === 0) return `${quoted(rule)} is at ${String(value)} of ${asked}: nothing is missing.`;
  // How much more a ratio would be says little: it is the successes that one can do something about.
  if (counts instanceof RatioState) return `${quoted(rule)} is at ${ratioShown(counts)} of ${asked}: ${ratioWords(counts)}.`;
  return `${quoted(rule)} is at ${String(value)} of ${asked}: ${String(missing)} more to go.`;
}

function unlockedSummary(rule: Rule, { crossed, version }: Explained): string {
  const last = crossed.findLast((crossing) => crossing.revoked === null);
  if (last === undefined) return `${quoted(rule)} is unlocked, and not by events: it was granted by hand, or by an earlier version.`;
  const older =
    last.version === version ? '' : ` Version ${String(version)} is in effect now${asksFor(rule, last)}; what was unlocked stays.`;
  return `${gained(rule, last, version)}${older}`;
}

function revokedSummary(rule: Rule, crossing: CrossedThreshold): string {
  if (crossing.revoked === null) return '';
  const taken = `It was revoked at ${formatInstant(crossing.revoked.at)}${byWhom(crossing.revoked)}, and does not unlock by itself again; a grant restores it.`;
  return `${gained(rule, crossing, crossing.version)} ${taken}`;
}

/** How an unlock came about. */
function gained(rule: Rule, crossing: CrossedThreshold, version: number): string {
  const { level, period, at, value, threshold, granted } = crossing;
  const which = [level === null ? '' : ` ${level}`, period === null ? '' : ` for ${period}`].join('');
  const subject = `${quoted(rule)}${which}`;
  if (granted !== null) return `${subject} was granted by hand at ${formatInstant(at)}${byWhom(granted)}.`;
  const by = crossing.version === version ? '' : ` by version ${String(crossing.version)}`;
  return `${subject} was unlocked${by} at ${formatInstant(at)}, when the value came to ${String(value)}, and ${String(threshold)} was needed.`;
}

function byWhom({ actor, reason }: DoneByHand): string {
  return `${actor === null ? '' : ` by ${actor}`}${reason === '' ? '' : ` (${reason})`}`;
}

function asksFor(rule: Rule, { level, threshold }: CrossedThreshold): string {
  const now = rule.levels.find(({ name }) => name === (level ?? ''))?.threshold ?? threshold;
  return now === threshold ? '' : ` and asks for ${String(now)}`;
}

function blocked(rule: Rule, { blockedBy, missing }: Explained): string | null {
  const { tierRequired, category } = rule.definition;
  switch (blockedBy) {
    case null:
    case 'revoked':
      return null;
    case 'below_tier':
      return missing > 0 ? `It also needs the plan ${tierRequired ?? ''}.` : `It waits for the plan ${tierRequired ?? ''}.`;
    case 'opted_out':
      return `Nothing counts during the opt-out of ${category}.`;
    case 'not_opted_in':
      return `It is sensitive, and counts only from an opt-in to ${category} on.`;
  }
}

/** Most likely a name that is written otherwise. */
function unseen({ definition: { scope } }: Rule): string {
  return `No event of this ${scope} was ever seen.`;
}

function obstacle(rule: Rule, { countedTotal, notCountedTotals, isPartial }: Explained): string {
  if (rule.matchers.length === 0) return '';
  const [reason, total] = Object.entries(notCountedTotals)
    .filter(([code]) => code !== 'other_type')
    .sort(([, a], [, b]) => b - a)[0] ?? ['', 0];
  if (total > 0 && countedTotal < total)
    return `${String(total)} ${total === 1 ? 'event' : 'events'} ${REASONS[reason as NotCountedReason]}.`;
  // What is not at hand may have been seen.
  return countedTotal === 0 && !isPartial ? `No event of ${wantedTypes(rule)} was seen.` : '';
}

function quoted(rule: Rule): string {
  return `“${rule.definition.name}”`;
}
