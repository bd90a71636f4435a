import { Catalogue, parsePack } from '@cairn/engine';

/** What is achieved in the simulated world: a counter that goes on, a set, and what follows from them. */
const PACK = {
  pack: 'simulation',
  achievements: [
    achievement('pairs', { type: 'count', event: 'build.succeeded', threshold: 2 }, { repeat: 'every_threshold', xp_reward: 10 }),
    achievement('colours', { type: 'distinct', event: 'build.succeeded', value: 'properties.colour', threshold: 3 }, { xp_reward: 5 }),
    achievement('rich', { type: 'xp', threshold: 30 }, { xp_reward: 7 }),
    achievement('all', { type: 'achievements', slugs: ['colours', 'rich'] }, { xp_reward: 1 }),
  ],
};

/** The same, and one more: it is counted over all that was before. */
export const LATER_PACK = {
  ...PACK,
  achievements: [...PACK.achievements, achievement('late', { type: 'count', event: 'build.*', threshold: 3 }, { xp_reward: 4 })],
};

function achievement(slug: string, criteria: object, more: object): object {
  return { slug, name: slug, description: 'It counts.', reason: 'We want to see it.', category: 'simulation', criteria, ...more };
}

export function simulatedCatalogue(): Catalogue {
  const pack = parsePack(PACK);
  if (!pack.ok) throw new Error(JSON.stringify(pack.issues));
  const empty = Catalogue.empty();
  let key = 0;
  return empty.publish(
    pack.value,
    empty.planPublish(pack.value, () => 1),
    { sequence: 0, publishedAt: 0, keyOf: () => ++key },
  );
}

/** What a user holds who had these events: the same rules, told another way, by somebody who has read only the pack. */
export function naiveOutcome(events: readonly { colour: string }[], of: { isPublished: boolean }): { unlocks: Set<string>; xp: number } {
  const pairs = Math.floor(events.length / 2);
  const unlocks = new Set(Array.from({ length: pairs }, (_, i) => `pairs #${i + 1}`));
  let xp = pairs * 10;
  const hasColours = new Set(events.map(({ colour }) => colour)).size >= 3;
  if (hasColours) {
    unlocks.add('colours');
    xp += 5;
  }
  if (of.isPublished && events.length >= 3) {
    unlocks.add('late');
    xp += 4;
  }
  if (xp >= 30) {
    unlocks.add('rich');
    xp += 7;
    if (hasColours) {
      unlocks.add('all');
      xp += 1;
    }
  }
  return { unlocks, xp };
}
