import { expect, test } from 'vitest';
import { achievement, makeCatalogue } from '../testing/makeCatalogue.js';
import { isMeasuredBy } from './pendingRecount.js';

test('what a list names beside what is recounted is measured by the recount, and nothing else', () => {
  const count = { criteria: { type: 'count', event: 'build.succeeded', threshold: 2 }, xp_reward: 5 };
  const catalogue = makeCatalogue({
    achievements: [
      achievement('late', count),
      achievement('other', count),
      achievement('alone', count),
      achievement('rich', { criteria: { type: 'xp', threshold: 10 } }),
      achievement('both', { criteria: { type: 'achievements', slugs: ['other', 'rich'] } }),
    ],
  });
  const pending = { slugs: ['late'], xpRules: [] };
  const measured = [...catalogue.rules.keys()].filter((slug) => isMeasuredBy(catalogue, pending, slug));
  // `rich` and `both` follow from the XP that `late` pays, and are the recount's own.
  expect(measured).toEqual(['other']);
});
