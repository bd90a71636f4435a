import type { AchievementDefinition } from './pack.js';

/** An achievement that waits for one of the other scope: nobody could ever hold both. */
export interface MixedScope {
  waiting: AchievementDefinition;
  listed: AchievementDefinition;
}

/** A user holds no achievements of teams, and a team none of users. */
export function findMixedScopes(definitions: Iterable<AchievementDefinition>): MixedScope[] {
  const bySlug = new Map<string, AchievementDefinition>();
  for (const definition of definitions) bySlug.set(definition.slug, definition);
  const mixed: MixedScope[] = [];
  for (const waiting of bySlug.values()) {
    if (waiting.criteria.type !== 'achievements') continue;
    for (const slug of waiting.criteria.slugs) {
      const listed = bySlug.get(slug);
      if (listed !== undefined && listed.scope !== waiting.scope) mixed.push({ waiting, listed });
    }
  }
  return mixed;
}

export function describeMixedScope({ waiting, listed }: MixedScope): string {
  return (
    `"${waiting.slug}" is for a ${waiting.scope} and waits for "${listed.slug}", which is for a ${listed.scope}: ` +
    `list achievements of scope ${waiting.scope} only`
  );
}
