import { type AchievementDefinition, type Pack, parsePack } from '@cairn/engine';
import type { CairnClient, CatalogueItem, PackChange } from '@cairn/sdk';

/** The fields of an achievement as its author writes them (contract, section 4). */
const AUTHORED_FIELDS = [
  'slug',
  'name',
  'description',
  'reason',
  'category',
  'sensitive',
  'rarity',
  'xp_reward',
  'tier_required',
  'scope',
  'criteria',
  'levels',
  'repeat',
  'on_publish',
  'message',
] as const;

/** What publishing a pack would change in the catalogue. Asking changes nothing. */
export async function diffPack(client: CairnClient, pack: Pack): Promise<PackChange[]> {
  const published = new Map((await client.achievements()).map((item) => [item.slug, item]));
  const changes = pack.achievements.map((definition): PackChange => changeOf(definition, published.get(definition.slug)));
  const kept = new Set(pack.achievements.map(({ slug }) => slug));
  const retired = [...published.values()].filter((item) => item.pack === pack.pack && !kept.has(item.slug));
  return [...changes, ...retired.map(({ slug, version }): PackChange => ({ slug, change: 'retired', version }))];
}

function changeOf(definition: AchievementDefinition, published: CatalogueItem | undefined): PackChange {
  const { slug } = definition;
  if (published === undefined) return { slug, change: 'added', version: 1 };
  const same = canonical(definitionOf(published)) === canonical(definition);
  return same ? { slug, change: 'unchanged', version: published.version } : { slug, change: 'changed', version: published.version + 1 };
}

/** Read in the same way as a file, so that defaults that one of them spells out make no difference. */
function definitionOf(item: CatalogueItem): AchievementDefinition | null {
  const authored: Record<string, unknown> = {};
  for (const field of AUTHORED_FIELDS) if (item[field] !== null) authored[field] = item[field];
  if (item.levels !== null) delete authored['xp_reward'];
  if (item.levels !== null || item.criteria.type === 'manual') authored['criteria'] = withoutThreshold(item.criteria);
  const parsed = parsePack({ pack: 'published', achievements: [authored] });
  return parsed.ok ? (parsed.value.achievements[0] ?? null) : null;
}

/** Levels hold the thresholds themselves, and what is granted by hand has none to be written down. */
function withoutThreshold({ threshold: _threshold, ...criteria }: CatalogueItem['criteria']): Record<string, unknown> {
  return criteria;
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
