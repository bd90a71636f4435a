import { Catalogue, parsePack } from '@cairn/engine';

/** As if the achievements had been published before anything else. */
export function catalogueOf(...achievements: object[]): Catalogue {
  const pack = parsePack({ pack: 'test', achievements });
  if (!pack.ok) throw new Error(JSON.stringify(pack.issues));
  const empty = Catalogue.empty();
  let key = 0;
  return empty.publish(
    pack.value,
    empty.planPublish(pack.value, () => 1),
    { sequence: 0, publishedAt: 0, keyOf: () => ++key },
  );
}

export function anAchievement(slug: string, criteria: object, more: object = {}): object {
  return { slug, name: slug, description: 'It counts.', reason: 'We want to see it.', category: 'test', xp_reward: 10, criteria, ...more };
}
