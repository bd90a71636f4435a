import { describe, expect, test } from 'vitest';
import { UserAliases } from './UserAliases.js';

const of = (...pairs: [string, string][]) => UserAliases.of(pairs.map(([alias, userId]) => ({ alias, userId })));

describe('aliases of users', () => {
  test('lead to who goes on in the end, over as many merges as there are', () => {
    const aliases = of(['a', 'b'], ['x', 'b'], ['b', 'c']);
    expect(['a', 'b', 'x', 'c', 'stranger'].map((id) => aliases.userOf(id))).toEqual(['c', 'c', 'c', 'c', 'stranger']);
    expect([...aliases.aliasesOf('c')].sort()).toEqual(['a', 'b', 'x']);
    expect(aliases.aliasesOf('b')).toEqual([]);
    expect([...aliases.users()]).toEqual(['c']);
  });

  test('a merge into an alias goes into who it stands for', () => {
    expect(of(['a', 'b']).resolve({ from: 'c', into: 'a' })).toEqual({ from: 'c', into: 'b' });
  });

  test('a merge means nothing where it would end in itself', () => {
    expect(of().resolve({ from: 'a', into: 'a' })).toBeNull();
    expect(of(['a', 'b']).resolve({ from: 'b', into: 'a' })).toBeNull();
    expect(of(['a', 'b'], ['b', 'c']).resolve({ from: 'c', into: 'a' })).toBeNull();
  });

  test('who was merged stays so: the same again means the same, and another merge nothing', () => {
    const aliases = of(['a', 'b']);
    expect(aliases.resolve({ from: 'a', into: 'b' })).toEqual({ from: 'a', into: 'b' });
    expect(aliases.resolve({ from: 'a', into: 'c' })).toBeNull();
    aliases.merge({ from: 'a', into: 'b' });
    expect(aliases.aliasesOf('b')).toEqual(['a']);
  });
});
