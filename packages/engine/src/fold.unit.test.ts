import { describe, expect, test } from 'vitest';
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
});
