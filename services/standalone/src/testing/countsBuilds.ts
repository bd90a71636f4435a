/** A definition of ten XP that counts `build.done`. */
export function countsBuilds(slug: string, threshold: number, more: object = {}): object {
  const criteria = { type: 'count', event: 'build.done', threshold };
  return { slug, name: slug, reason: 'It is counted.', xp_reward: 10, criteria, ...more };
}
