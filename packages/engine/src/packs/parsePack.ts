import type { Issue, Result } from '../result.js';
import { ON_PUBLISH, ON_RETRACT, PER, RARITIES, REPEATS, SCOPES } from './choices.js';
import { Fields } from './fields.js';
import { describeCycle, findCycle, waitingOf } from './findCycle.js';
import { describeMixedScope, findMixedScopes } from './findMixedScopes.js';
import {
  ACHIEVEMENTS_MAX,
  DISTINCT_THRESHOLD_MAX,
  LEVELS_MAX,
  RANKS_MAX,
  ROLLING_DISTINCT_THRESHOLD_MAX,
  THRESHOLD_MAX,
  XP_AMOUNT_MAX,
  XP_RULES_MAX,
} from './limits.js';
import { LABEL, SLUG } from './names.js';
import { neverMet } from './neverMet.js';
import type { AchievementDefinition, Criteria, Level, Pack, Rank, XpCap, XpRule } from './pack.js';
import { parseCriteria, readExpression, readMatcher } from './parseCriteria.js';

const XP = { min: -XP_AMOUNT_MAX, max: XP_AMOUNT_MAX, integer: true };

/**
 * Checks a pack as it was written (parsed YAML or JSON) and fills in its defaults. All issues come at once. Its cases, which are
 * no part of what is published, are taken as they are: `parsePackTests` checks them too.
 */
export function parsePack(input: unknown): Result<Pack> {
  const read = readPack(input, (fields) => fields.raw('tests'));
  return read.ok ? { ok: true, value: read.value.pack } : read;
}

type TestsReader<T> = (pack: Fields, definitions: readonly AchievementDefinition[]) => T;

/** A pack, and what `readTests` makes of the cases that stand in it. All issues come at once. */
export function readPack<T>(input: unknown, readTests: TestsReader<T>): Result<{ pack: Pack; tests: T }> {
  const issues: Issue[] = [];
  const fields = new Fields(input, '', issues);
  const pack: Pack = {
    pack: fields.text('pack', SLUG),
    achievements: fields.list('achievements', {
      max: ACHIEVEMENTS_MAX,
      read: (item, path) => parseAchievement(new Fields(item, path, issues)),
    }),
    xpRules: fields.list('xp_rules', { max: XP_RULES_MAX, read: (item, path) => parseXpRule(new Fields(item, path, issues)) }),
    ranks: fields.list('ranks', { max: RANKS_MAX, read: (item, path) => parseRank(new Fields(item, path, issues)) }),
  };
  // Editors find the schema by it.
  fields.textOrNull('$schema');
  const tests = readTests(fields, pack.achievements);
  fields.finish();
  checkTogether(pack, fields);
  return issues.length > 0 ? { ok: false, issues } : { ok: true, value: { pack, tests } };
}

function parseAchievement(fields: Fields): AchievementDefinition {
  const issuesBefore = fields.issues.length;
  const levels = fields.has('levels') ? parseLevels(fields) : null;
  const definition: AchievementDefinition = {
    slug: fields.text('slug', SLUG),
    name: fields.text('name', LABEL),
    description: fields.text('description', { default: '' }),
    reason: fields.text('reason'),
    category: fields.text('category', { ...LABEL, default: 'general' }),
    sensitive: fields.flag('sensitive', { default: false }),
    rarity: fields.choice('rarity', { of: RARITIES, default: 'common' }),
    xpReward: fields.number('xp_reward', { ...XP, default: 0 }),
    tierRequired: fields.textOrNull('tier_required', LABEL),
    scope: fields.choice('scope', { of: SCOPES, default: 'user' }),
    criteria: parseCriteria(new Fields(fields.raw('criteria'), fields.at('criteria'), fields.issues), levels === null ? 'none' : 'some'),
    levels,
    repeat: fields.choice('repeat', { of: REPEATS, default: 'once' }),
    onPublish: fields.choice('on_publish', { of: ON_PUBLISH, default: 'recount' }),
    onRetract: fields.choice('on_retract', { of: ON_RETRACT, default: 'keep' }),
    message: fields.textOrNull('message'),
  };
  fields.finish();
  checkAchievement(definition, fields);
  // What was filled in for something wrong says nothing about what can be met.
  if (fields.issues.length === issuesBefore) fields.issues.push(...neverMet(definition, fields.path));
  const first = levels?.[0];
  return first === undefined ? definition : { ...definition, criteria: { ...definition.criteria, threshold: first.threshold } };
}

function parseLevels(fields: Fields): Level[] {
  const levels = fields.list('levels', {
    max: LEVELS_MAX,
    read: (item, path) => {
      const level = new Fields(item, path, fields.issues);
      const read = {
        name: level.text('name', SLUG),
        threshold: level.number('threshold', { max: THRESHOLD_MAX }),
        xpReward: level.number('xp_reward', { ...XP, default: 0 }),
      };
      level.finish();
      return read;
    },
  });
  const written = fields.raw('levels');
  if (Array.isArray(written) && written.length === 0)
    fields.note('levels', 'invalid_field', 'has no level: list some, or leave it out and give criteria.threshold');
  if (new Set(levels.map((level) => level.name)).size < levels.length)
    fields.note('levels', 'duplicate', 'has two levels of the same name');
  levels.forEach((level, i) => {
    const before = levels[i - 1];
    if (before !== undefined && level.threshold <= before.threshold)
      fields.issues.push({
        path: `${fields.at('levels')}[${String(i)}].threshold`,
        code: 'not_ascending',
        message: `has to be above ${String(before.threshold)}, the threshold of ${before.name}: write the levels in ascending order`,
      });
  });
  return levels;
}

function checkAchievement(definition: AchievementDefinition, fields: Fields): void {
  const { criteria, levels, repeat, scope } = definition;
  if (scope === 'team' && criteria.type === 'xp')
    fields.note('scope', 'team_without_xp', 'a team has no XP that could be measured: use scope: user, or count events');
  if (levels !== null && fields.has('xp_reward'))
    fields.note('xp_reward', 'xp_reward_and_levels', 'the levels have rewards of their own: leave this one out');
  if (levels !== null && criteria.type === 'manual') fields.note('levels', 'invalid_field', 'a manual achievement has no levels');
  if (levels !== null) checkLevelThresholds(definition, fields);
  if (repeat === 'each_period' && !('window' in criteria && criteria.window !== null && 'calendar' in criteria.window))
    fields.note('repeat', 'invalid_field', 'each_period needs a calendar window, such as window: { calendar: month }');
  if (repeat === 'every_threshold') {
    const counts = (criteria.type === 'count' || criteria.type === 'sum') && criteria.window === null;
    if (!counts) fields.note('repeat', 'invalid_field', 'every_threshold goes with count and sum over a lifetime');
    if (levels !== null) fields.note('repeat', 'invalid_field', 'every_threshold needs one threshold, not levels');
  }
}

function checkLevelThresholds({ criteria, levels }: AchievementDefinition, fields: Fields): void {
  const { type } = criteria;
  const whole = type !== 'sum' && type !== 'max' && type !== 'latest' && type !== 'ratio';
  const most = mostOf(criteria);
  levels?.forEach((level, i) => {
    const path = `${fields.at('levels')}[${String(i)}].threshold`;
    if (whole && (!Number.isInteger(level.threshold) || level.threshold < 1))
      fields.issues.push({ path, code: 'invalid_field', message: `has to be an integer of at least 1, but is ${String(level.threshold)}` });
    if ((type === 'sum' || type === 'ratio') && level.threshold <= 0)
      fields.issues.push({ path, code: 'invalid_field', message: 'has to be above 0' });
    if (level.threshold > most)
      fields.issues.push({ path, code: 'never_met', message: `can never be met: the most that there can be is ${String(most)}` });
  });
}

/** The largest threshold that can be met. */
function mostOf(criteria: Criteria): number {
  switch (criteria.type) {
    case 'checklist':
    case 'sequence':
      return criteria.steps.length;
    case 'achievements':
      return criteria.slugs.length;
    case 'distinct':
      return criteria.window !== null && 'rolling' in criteria.window ? ROLLING_DISTINCT_THRESHOLD_MAX : DISTINCT_THRESHOLD_MAX;
    case 'ratio':
      return 1;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function parseXpRule(fields: Fields): XpRule {
  const rule: XpRule = {
    id: fields.text('id', SLUG),
    ...readMatcher(fields),
    amount: readAmount(fields),
    cap: fields.has('cap') ? parseCap(new Fields(fields.raw('cap'), fields.at('cap'), fields.issues)) : noCap(fields),
    onRetract: fields.choice('on_retract', { of: ON_RETRACT, default: 'keep' }),
  };
  fields.finish();
  return rule;
}

function readAmount(fields: Fields): number | string {
  return typeof fields.raw('amount') === 'string' ? (readExpression(fields, 'amount', 'number') ?? 0) : fields.number('amount', XP);
}

function noCap(fields: Fields): null {
  fields.raw('cap');
  return null;
}

function parseCap(fields: Fields): XpCap {
  const cap: XpCap = {
    per: fields.choice('per', { of: PER }),
    amount: fields.number('amount', { min: 1, max: XP_AMOUNT_MAX, integer: true }),
  };
  fields.finish();
  return cap;
}

function parseRank(fields: Fields): Rank {
  const rank: Rank = { name: fields.text('name', LABEL), xp: fields.number('xp', XP) };
  fields.finish();
  return rank;
}

function checkTogether(pack: Pack, fields: Fields): void {
  noteRepeated(
    fields,
    'achievements',
    pack.achievements.map((a) => a.slug),
  );
  noteRepeated(
    fields,
    'xp_rules',
    pack.xpRules.map((rule) => rule.id),
  );
  noteRepeated(
    fields,
    'ranks',
    pack.ranks.map((rank) => rank.name),
  );
  pack.ranks.forEach((rank, i) => {
    const before = pack.ranks[i - 1];
    if (before !== undefined && rank.xp <= before.xp)
      fields.issues.push({
        path: `ranks[${String(i)}].xp`,
        code: 'not_ascending',
        message: `has to be above ${String(before.xp)}, the XP of ${before.name}`,
      });
  });
  for (const mixed of findMixedScopes(pack.achievements)) {
    const place = pack.achievements.indexOf(mixed.waiting);
    fields.note(`achievements[${String(place)}].criteria.slugs`, 'mixed_scopes', describeMixedScope(mixed));
  }
  const cycle = findCycle(pack.achievements.map(waitingOf));
  if (cycle !== null) {
    const at = pack.achievements.findIndex(({ slug }) => slug === cycle[0]);
    fields.issues.push({ path: `achievements[${String(at)}].criteria.slugs`, code: 'cycle', message: describeCycle(cycle) });
  }
}

function noteRepeated(fields: Fields, key: string, names: readonly string[]): void {
  const first = new Map<string, number>();
  names.forEach((name, i) => {
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, i);
    else
      fields.issues.push({ path: `${key}[${String(i)}]`, code: 'duplicate', message: `"${name}" is taken by ${key}[${String(earlier)}]` });
  });
}
