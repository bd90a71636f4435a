import type { AchievementDefinition } from './pack.js';

/** An achievement, and those that it waits for. */
export interface Waiting {
  slug: string;
  slugs: readonly string[];
}

export function waitingOf({ slug, criteria }: AchievementDefinition): Waiting {
  return { slug, slugs: criteria.type === 'achievements' ? criteria.slugs : [] };
}

/** What is wrong with a circle, and what to do. */
export function describeCycle(cycle: readonly string[]): string {
  const [first, second] = cycle;
  if (first === second) return `"${first ?? ''}" waits for itself: take it out of its own slugs`;
  return `these wait for one another: ${cycle.join(' → ')}. Take one of them out of the slugs`;
}

/** The slugs of achievements that wait for one another in a circle, the first repeated at the end; null where there is none. */
export function findCycle(achievements: Iterable<Waiting>): string[] | null {
  const waitsFor = new Map<string, readonly string[]>();
  for (const { slug, slugs } of achievements) waitsFor.set(slug, slugs);
  const done = new Set<string>();
  for (const start of waitsFor.keys()) {
    // Depth first without recursion: a chain may be as long as there are achievements.
    const path: { slug: string; next: number }[] = [{ slug: start, next: 0 }];
    while (path.length > 0) {
      const top = path[path.length - 1];
      if (top === undefined) break;
      const following = waitsFor.get(top.slug)?.[top.next++];
      if (following === undefined) {
        done.add(top.slug);
        path.pop();
      } else if (path.some((step) => step.slug === following)) {
        return [...path.slice(path.findIndex((step) => step.slug === following)).map((step) => step.slug), following];
      } else if (!done.has(following)) path.push({ slug: following, next: 0 });
    }
  }
  return null;
}
