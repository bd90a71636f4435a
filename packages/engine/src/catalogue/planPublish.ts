import { findCycle, waitingOf } from '../packs/findCycle.js';
import { describeMixedScope, findMixedScopes } from '../packs/findMixedScopes.js';
import type { AchievementDefinition, Pack } from '../packs/pack.js';
import type { Issue } from '../result.js';
import { canonicalJson } from './canonicalJson.js';
import type { PublishedPack } from './publishedPack.js';
import type { PublishedDefinition } from './rule.js';
import type { TenantSettings } from './tenantSettings.js';

export interface PublishChange {
  slug: string;
  change: 'added' | 'changed' | 'unchanged' | 'retired';
  /** The version after publishing; that of a retired one is its last. */
  version: number;
}

/** What is published before. */
interface Published {
  settings: TenantSettings;
  definitions: ReadonlyMap<string, PublishedDefinition>;
  packs: ReadonlyMap<string, PublishedPack>;
}

/** What publishing a pack would change. With issues it must not be published. */
export interface PublishPlan {
  changes: PublishChange[];
  xpRulesChanged: boolean;
  ranksChanged: boolean;
  issues: Issue[];
}

export function planPublish(catalogue: Published, pack: Pack, nextVersionOf: (slug: string) => number): PublishPlan {
  const changes = pack.achievements.map((definition): PublishChange => {
    const existing = catalogue.definitions.get(definition.slug);
    if (existing === undefined) return { slug: definition.slug, change: 'added', version: nextVersionOf(definition.slug) };
    const same = canonicalJson(existing.definition) === canonicalJson(definition);
    return same
      ? { slug: definition.slug, change: 'unchanged', version: existing.version }
      : { slug: definition.slug, change: 'changed', version: nextVersionOf(definition.slug) };
  });
  const kept = new Set(pack.achievements.map((definition) => definition.slug));
  for (const { slug, pack: owner, version } of catalogue.definitions.values())
    if (owner === pack.pack && !kept.has(slug)) changes.push({ slug, change: 'retired', version });
  const published = catalogue.packs.get(pack.pack);
  return {
    changes,
    xpRulesChanged: canonicalJson(published?.xpRules ?? []) !== canonicalJson(pack.xpRules),
    ranksChanged: canonicalJson(published?.ranks ?? []) !== canonicalJson(pack.ranks),
    issues: issuesWith(catalogue, pack),
  };
}

/** What is right in the pack alone, but not in this tenant. */
function issuesWith(catalogue: Published, pack: Pack): Issue[] {
  const issues: Issue[] = [];
  const { tierOrder } = catalogue.settings;
  const others: AchievementDefinition[] = [];
  for (const published of catalogue.definitions.values()) if (published.pack !== pack.pack) others.push(published.definition);
  pack.achievements.forEach((definition, i) => {
    const owner = catalogue.definitions.get(definition.slug)?.pack;
    if (owner !== undefined && owner !== pack.pack)
      issues.push({
        path: `achievements[${String(i)}].slug`,
        code: 'slug_taken',
        message: `"${definition.slug}" belongs to the pack ${owner}: choose another slug`,
      });
    if (definition.tierRequired !== null && !tierOrder.includes(definition.tierRequired))
      issues.push({
        path: `achievements[${String(i)}].tier_required`,
        code: 'unknown_tier',
        message: `there is no tier "${definition.tierRequired}": choose one of ${tierOrder.join(', ')}`,
      });
  });
  for (const mixed of findMixedScopes([...others, ...pack.achievements]))
    issues.push({ path: pathOf(pack, mixed.waiting), code: 'mixed_scopes', message: describeMixedScope(mixed) });
  const cycle = issues.length > 0 ? null : findCycle([...others, ...pack.achievements].map(waitingOf));
  if (cycle !== null) issues.push({ path: 'achievements', code: 'cycle', message: `these wait for one another: ${cycle.join(' → ')}` });
  return issues;
}

/** One that another pack published is wrong by what this pack makes of what it lists. */
function pathOf(pack: Pack, definition: AchievementDefinition): string {
  const place = pack.achievements.indexOf(definition);
  return place < 0 ? 'achievements' : `achievements[${String(place)}].criteria.slugs`;
}
