import { isReservedType } from '@cairn/contracts';
import { parsePack } from '@cairn/engine';
import { lintPacks } from '@cairn/engine/authoring';
import { expect, it } from 'vitest';

it('the rules refuse exactly the types that the doors refuse', () => {
  for (const event of [
    'achievement.unlocked',
    'achievement.a.b',
    'realtime.x',
    'achievements.listed',
    'real.time',
    'build.achievement.unlocked',
  ]) {
    const criteria = { type: 'count', event, threshold: 1 };
    const parsed = parsePack({ pack: 'mine', achievements: [{ slug: 'one', name: 'One', reason: 'A test.', criteria }] });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    const findings = lintPacks([parsed.value], { server: null, isComplete: true });
    expect([event, findings.some(({ code }) => code === 'never_met')]).toEqual([event, isReservedType(event)]);
  }
});
