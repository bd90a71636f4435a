import { describe, expect, test } from 'vitest';
import { progress } from './explain/progress.js';
import { fold } from './fold.js';
import { emptyState } from './state/userState.js';
import { achievement, makeCatalogue } from './testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from './testing/makeEvent.js';

describe('fold', () => {
  test('counts in a calendar month and unlocks with the event that reached the threshold', () => {
    const catalogue = makeCatalogue({
      achievements: [
        achievement('steady-responder', {
          name: 'Steady Responder',
          xp_reward: 50,
          criteria: {
            type: 'count',
            event: 'incident.resolved',
            where: 'properties.severity == "sev2"',
            threshold: 3,
            window: { calendar: 'month' },
          },
          message: 'You resolved {value} Sev-2 incidents this month and unlocked {name}.',
        }),
      ],
    });
    const state = emptyState();
    const severities = ['sev2', 'sev1', 'sev2', 'sev2', 'sev2'];
    const effects = severities.map((severity, i) =>
      fold(catalogue, state, makeEvent({ type: 'incident.resolved', properties: { severity }, sequence: i + 1 })),
    );
    expect(effects.map(({ unlocks }) => unlocks.length)).toEqual([0, 0, 0, 1, 0]);
    expect(effects[3]?.unlocks[0]).toMatchObject({
      level: null,
      period: null,
      value: 3,
      threshold: 3,
      xpReward: 50,
      xpTotal: 50,
      unlockedAt: SUNDAY,
      causedBy: 'e4',
      message: 'You resolved 3 Sev-2 incidents this month and unlocked Steady Responder.',
      periodStart: Date.UTC(2026, 3, 1),
      periodEnd: Date.UTC(2026, 4, 1),
    });
    expect(effects[3]?.xp).toMatchObject([
      { entryKey: 'unlock:steady-responder::', amount: 50, totalAfter: 50, slug: 'steady-responder', level: null, period: null },
    ]);
    expect(effects.map(({ matched }) => matched)).toEqual([[1], [], [1], [1], []]);
  });

  test('marks what an event unlocks that is told long after it happened, and nothing besides', () => {
    const criteria = { type: 'count', event: 'build.succeeded' };
    const catalogue = makeCatalogue({
      achievements: [
        achievement('each', { xp_reward: 5, repeat: 'every_threshold', criteria: { ...criteria, threshold: 1 } }),
        achievement('rich', { criteria: { type: 'xp', threshold: 10 } }),
      ],
    });
    const state = emptyState();
    const unlocks = [true, true, false, true].flatMap(
      (backfill, i) => fold(catalogue, state, makeEvent({ backfill, sequence: i + 1 })).unlocks,
    );
    expect(unlocks.map(({ definition, period, backfilled, causedBy }) => [definition.slug, period, backfilled, causedBy])).toEqual([
      ['each', '#1', true, 'e1'],
      ['each', '#2', true, 'e2'],
      ['rich', null, true, 'e2'],
      ['each', '#3', false, 'e3'],
      ['each', '#4', true, 'e4'],
    ]);
  });

  test('keeps the achievements of one user apart by type, also of more types than are found without a search', () => {
    const types = Array.from({ length: 40 }, (_, i) => `build.of_kind_${i}`);
    const published = (threshold: number) =>
      makeCatalogue({
        achievements: types.map((event, i) => achievement(`kind-${i}`, { criteria: { type: 'count', event, threshold } })),
      });
    const state = emptyState();
    let sequence = 0;
    for (const catalogue of [published(1_000), published(2_000)]) {
      for (let round = 0; round < 3; round++) {
        for (const [i, type] of types.entries())
          for (let times = 0; times <= i % 3; times++) fold(catalogue, state, makeEvent({ type, sequence: ++sequence }));
      }
    }
    const values = new Map(progress(published(2_000), state, SUNDAY).map(({ slug, value }) => [slug, value]));
    for (const i of types.keys()) expect([i, values.get(`kind-${i}`)]).toEqual([i, 6 * ((i % 3) + 1)]);
  });

  test('leaves what it told of an event as it was, whatever is folded after it', () => {
    const of = (slug: string, event: string) =>
      achievement(slug, { xp_reward: 5, repeat: 'every_threshold', criteria: { type: 'count', event, threshold: 1 } });
    const catalogue = makeCatalogue({
      achievements: [of('any', 'build.*'), of('good', 'build.succeeded'), of('bad', 'build.failed'), of('worse', 'build.failed')],
    });
    const state = emptyState();
    const told = fold(catalogue, state, makeEvent({ type: 'build.succeeded', sequence: 1 }));
    expect([told.unlocks.length, told.xp.length, told.matched.length, told.progressed.length]).toEqual([2, 2, 2, 2]);
    const asItWas = structuredClone({
      ...told,
      unlocks: told.unlocks.map(({ definition, ...rest }) => ({ ...rest, slug: definition.slug })),
    });
    fold(catalogue, state, makeEvent({ type: 'build.failed', sequence: 2 }));
    fold(catalogue, state, makeEvent({ type: 'build.succeeded', sequence: 3 }));
    const now = { ...told, unlocks: told.unlocks.map(({ definition, ...rest }) => ({ ...rest, slug: definition.slug })) };
    expect(now).toEqual(asItWas);
  });
});
