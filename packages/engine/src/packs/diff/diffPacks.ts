import { canonicalJson } from '../../catalogue/canonicalJson.js';
import type { AchievementDefinition, OnPublish, Pack } from '../pack.js';
import { diffFields, type FieldDifference } from './diffFields.js';

export type Change = 'added' | 'changed' | 'retired' | 'unchanged';

/** One thing of a pack, and what becomes of it. */
export interface Difference {
  /** The slug of an achievement, the id of an XP rule, the name of a rank. */
  name: string;
  change: Change;
  /** What differs, of what is changed. */
  fields: FieldDifference[];
}

export interface AchievementDifference extends Difference {
  /** What publishing does with the history; null where it does nothing. */
  onPublish: OnPublish | null;
}

export interface PackDifference {
  achievements: AchievementDifference[];
  xpRules: Difference[];
  ranks: Difference[];
}

/** What differs in meaning, not in text: defaults that one of them spells out make no difference. null is no pack at all. */
export function diffPacks(before: Pack | null, after: Pack): PackDifference {
  const onPublish = new Map(after.achievements.map((definition) => [definition.slug, definition.onPublish]));
  const achievements = diffNamed(named(before?.achievements, 'slug'), named(after.achievements, 'slug'));
  return {
    achievements: achievements.map((difference) => ({
      ...difference,
      onPublish: difference.change === 'added' || difference.change === 'changed' ? (onPublish.get(difference.name) ?? null) : null,
    })),
    xpRules: diffNamed(named(before?.xpRules, 'id'), named(after.xpRules, 'id')),
    ranks: diffNamed(named(before?.ranks, 'name'), named(after.ranks, 'name')),
  };
}

export function isDifferent({ achievements, xpRules, ranks }: PackDifference): boolean {
  return [...achievements, ...xpRules, ...ranks].some(({ change }) => change !== 'unchanged');
}

function named<T extends object, K extends keyof T & string>(items: readonly T[] | undefined, key: K): Map<string, object> {
  return new Map((items ?? []).map((item) => [String(item[key]), 'criteria' in item ? withoutDerived(item) : item]));
}

/** Where there are levels, the threshold of the criteria is that of the first. */
function withoutDerived(item: object): object {
  const { levels, criteria, ...rest } = item as AchievementDefinition;
  const { threshold, ...others } = criteria;
  return { ...rest, criteria: levels === null ? { ...others, threshold } : others, levels };
}

function diffNamed(before: ReadonlyMap<string, object>, after: ReadonlyMap<string, object>): Difference[] {
  const kept = [...after].map(([name, item]): Difference => {
    const earlier = before.get(name);
    if (earlier === undefined) return { name, change: 'added', fields: [] };
    if (canonicalJson(earlier) === canonicalJson(item)) return { name, change: 'unchanged', fields: [] };
    return { name, change: 'changed', fields: diffFields(earlier, item) };
  });
  const retired = [...before.keys()].filter((name) => !after.has(name));
  return [...kept, ...retired.map((name): Difference => ({ name, change: 'retired', fields: [] }))];
}
