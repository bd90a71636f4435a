import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUserId } from './identifiers.js';
import {
  deadLetterSubject,
  decodeUserToken,
  encodeUserToken,
  eventSubject,
  isControlSubject,
  isReservedType,
  logControlSubject,
  logSubject,
  logTeamSubjects,
  partitionOfLogSubject,
  progressSubject,
  realtimeTeamUnlockSubject,
  realtimeUnlockSubject,
  typeOfEventSubject,
} from './subjects.js';

describe('a user in a subject', () => {
  it.each([
    ['u_12345', 'u_12345'],
    ['ada@example.org', 'ada%40example%2Eorg'],
    ['a b*>', 'a%20b%2A%3E'],
    ['ü', '%C3%BC'],
    ['😀', '%F0%9F%98%80'],
    ['100%', '100%25'],
    ['A-z_0', 'A-z_0'],
  ])('%s is %s', (user, token) => {
    expect(encodeUserToken(user)).toBe(token);
    expect(realtimeUnlockSubject('default', user)).toBe(`events.realtime.achievement_unlocked.default.${token}`);
    expect(progressSubject('default', user)).toBe(`realtime.progress.default.${token}`);
  });

  it('is one token that holds nothing that NATS reads, and comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 128 }).filter(isUserId), (user) => {
        const token = encodeUserToken(user);
        expect(token).toMatch(/^([A-Za-z0-9_-]|%[0-9A-F]{2})+$/);
        expect(decodeUserToken(token)).toBe(user);
      }),
    );
  });

  it('is never the token of another user', () => {
    const user = fc.string({ unit: fc.constantFrom('a', '%', '4', '0', '@', '.', 'ü'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(user, user, (one, other) => {
        expect(encodeUserToken(one) === encodeUserToken(other)).toBe(one === other);
      }),
    );
  });
});

describe('subjects', () => {
  it('say where things go', () => {
    expect(eventSubject('build.succeeded')).toBe('events.build.succeeded');
    expect(typeOfEventSubject('events.build.succeeded')).toBe('build.succeeded');
    expect(logSubject(3, 'default')).toBe('log.3.default');
    expect(logControlSubject('default', 'pack_published')).toBe('log.control.default.pack_published');
    expect(deadLetterSubject('invalid_event')).toBe('dlq.invalid_event');
    expect([isControlSubject('log.control.default.x'), isControlSubject('log.3.control')]).toEqual([true, false]);
  });

  it('of what concerns the teams of some tenants do not overlap, and are not too many', () => {
    expect(logTeamSubjects([])).toEqual(['log.control.*.*']);
    expect(logTeamSubjects(['acme', 'default'])).toEqual(['log.control.*.*', 'log.*.acme', 'log.*.default']);
    expect(logTeamSubjects(Array.from({ length: 65 }, (_, i) => `t${i}`))).toEqual(['log.>']);
    expect(partitionOfLogSubject(logSubject(13, 'acme'))).toBe(13);
  });

  it('of the live unlocks of a team are those of no user', () => {
    expect(realtimeTeamUnlockSubject('default', 'platform')).toBe('events.realtime.achievement_unlocked.default.team:platform');
    expect(realtimeUnlockSubject('default', 'team:platform')).toBe('events.realtime.achievement_unlocked.default.team%3Aplatform');
  });

  it("keep Cairn's own types apart", () => {
    expect(['achievement.unlocked', 'realtime.x.y'].map(isReservedType)).toEqual([true, true]);
    expect(['achievements.listed', 'real.time', 'build.achievement.unlocked'].map(isReservedType)).toEqual([false, false, false]);
  });
});
