import type { AchievementDefinition } from '@cairn/engine';
import { type Database, listAchievementVersions } from '@cairn/store';
import { VERSIONS_CACHED_MAX } from '../limits.js';

/** What an unlock says of its achievement, as that version said it. */
export interface AchievementLabel {
  name: string;
  rarity: string;
  category: string;
}

/** Labels of achievement versions, the superseded and the retired among them. A version never changes. */
export class VersionCache {
  readonly #database: Database;
  /** The oldest first. */
  readonly #labels = new Map<string, AchievementLabel>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Labels of all that is asked for, by `labelKey`. */
  async labels(tenantKey: number, wanted: readonly { slug: string; version: number }[]): Promise<Map<string, AchievementLabel>> {
    const found = new Map<string, AchievementLabel>();
    const missing = new Set<string>();
    for (const version of wanted) {
      const label = this.#labels.get(cacheKey(tenantKey, version));
      if (label === undefined) missing.add(version.slug);
      else found.set(labelKey(version), label);
    }
    for (const slug of missing) {
      for (const row of await listAchievementVersions(this.#database.pool, { tenantKey, slug })) {
        const { name, rarity, category } = row.definition as AchievementDefinition;
        const label = { name, rarity, category };
        found.set(labelKey(row), label);
        this.#remember(cacheKey(tenantKey, row), label);
      }
    }
    return found;
  }

  #remember(key: string, label: AchievementLabel): void {
    this.#labels.set(key, label);
    if (this.#labels.size <= VERSIONS_CACHED_MAX) return;
    for (const oldest of this.#labels.keys()) {
      this.#labels.delete(oldest);
      return;
    }
  }
}

export function labelKey({ slug, version }: { slug: string; version: number }): string {
  return `${slug}@${version}`;
}

function cacheKey(tenantKey: number, version: { slug: string; version: number }): string {
  return `${tenantKey}:${labelKey(version)}`;
}
