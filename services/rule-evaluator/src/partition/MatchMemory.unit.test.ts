import { EVIDENCE_MAX, EVIDENCE_SCAN_MAX } from '@cairn/store';
import { SeededRandom } from '@cairn/testing/random';
import { describe, expect, it } from 'vitest';
import { type Match, MatchMemory } from './MatchMemory.js';

const anyTime = { definitionKey: 1, periodStart: null, periodEnd: null };
const ids = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `e${from + i}`);

function memoryOf(count: number, of = { isFromTheBeginning: true }): MatchMemory {
  const memory = new MatchMemory(of);
  for (let i = 1; i <= count; i++) memory.note({ eventId: `e${i}`, occurredAt: i }, [1]);
  return memory;
}

describe('the matches of a user', () => {
  it('are the newest, the newest last', () => {
    expect(memoryOf(3).newest(anyTime)).toEqual(ids(1, 3));
    expect(memoryOf(100).newest(anyTime)).toEqual(ids(81, 100));
    expect(memoryOf(100).newest({ ...anyTime, atMost: 2 })).toEqual(ids(99, 100));
    expect(memoryOf(3).newest({ ...anyTime, definitionKey: 2 })).toEqual([]);
  });

  it('are left to the database where there may be more than are remembered', () => {
    const begunLater = memoryOf(3, { isFromTheBeginning: false });
    expect(begunLater.newest(anyTime)).toBeNull();
    expect(begunLater.newest({ ...anyTime, atMost: 3 })).toEqual(ids(1, 3));
    expect(memoryOf(3).newest({ ...anyTime, goesOn: true })).toBeNull();
    expect(memoryOf(100).newest({ ...anyTime, periodStart: 50, periodEnd: 70 })).toBeNull();
  });

  it('are those of a period', () => {
    expect(memoryOf(10).newest({ ...anyTime, periodStart: 3, periodEnd: 6 })).toEqual(ids(3, 5));
    expect(memoryOf(100).newest({ ...anyTime, periodStart: 50, periodEnd: 99, atMost: 4 })).toEqual(ids(95, 98));
  });

  it('are not known any more when something older turned out to count, or all was forgotten', () => {
    const memory = memoryOf(3);
    memory.note({ eventId: 'other', occurredAt: 9 }, [2]);
    memory.outdated(1);
    expect(memory.newest(anyTime)).toBeNull();
    expect(memory.newest({ ...anyTime, definitionKey: 2, atMost: 1 })).toEqual(['other']);
    expect(memory.size).toBe(1);
    memory.forget();
    expect(memory.size).toBe(0);
    expect(memory.newest({ ...anyTime, definitionKey: 2, atMost: 1 })).toBeNull();
  });

  it('are looked for no further back than the database would', () => {
    const memory = memoryOf(3);
    for (let i = 4; i <= EVIDENCE_SCAN_MAX + 1; i++) memory.note({ eventId: `n${i}`, occurredAt: i }, []);
    expect(memory.newest(anyTime)).toEqual(ids(2, 3));
    expect(memory.newest({ ...anyTime, goesOn: true })).toBeNull();
    memory.note({ eventId: 'e4', occurredAt: 1 }, [1]);
    expect(memory.newest(anyTime)).toEqual(ids(3, 4));
  });

  it('are the same as those of a search through all of them, wherever it answers', () => {
    const random = new SeededRandom(11);
    for (let round = 0; round < 300; round++) {
      const memory = new MatchMemory({ isFromTheBeginning: true });
      const all: { match: Match; keys: number[] }[] = [];
      for (let i = random.below(120); i > 0; i--) {
        const match = { eventId: `e${all.length}`, occurredAt: random.below(50) };
        const keys = [1, 2, 3].filter(() => random.chance(0.5));
        memory.note(match, keys);
        all.push({ match, keys });
      }
      const periodStart = random.chance(0.5) ? random.below(50) : null;
      const wanted = { definitionKey: 1 + random.below(3), periodStart, periodEnd: null, atMost: 1 + random.below(30) };
      const searched = all
        .filter(({ match, keys }) => keys.includes(wanted.definitionKey) && match.occurredAt >= (periodStart ?? 0))
        .map(({ match }) => match.eventId);
      const newest = memory.newest(wanted);
      if (newest !== null) expect(newest).toEqual(searched.slice(-Math.min(wanted.atMost, EVIDENCE_MAX)));
    }
  });
});
