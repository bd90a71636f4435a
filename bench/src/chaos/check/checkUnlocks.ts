import type { Expected } from '../plan/recount.js';
import { type Check, DIFFERENCES_SHOWN_MAX } from './Check.js';
import type { StoredUnlock } from './storedUnlocks.js';

/** What is held is what the recount says, each once. */
export function checkUnlocks(stored: readonly StoredUnlock[], expected: Expected): Check {
  const held = stored.filter(({ isRevoked }) => !isRevoked);
  const keys = new Set(held.map(({ key }) => key));
  const missing = [...expected.unlocks.keys()].filter((key) => !keys.has(key)).map((key) => `missing: ${key}`);
  const unfounded = [...keys].filter((key) => !expected.unlocks.has(key)).map((key) => `unfounded: ${key}`);
  const twice = held.length === keys.size ? [] : ['an unlock is there twice'];
  return {
    name: 'unlocks, each once',
    expected: expected.unlocks.size,
    found: held.length,
    differences: [...missing, ...unfounded, ...twice].slice(0, DIFFERENCES_SHOWN_MAX),
  };
}

/** What was taken back by hand, and nothing else. */
export function checkRevocations(stored: readonly StoredUnlock[], revoked: ReadonlySet<string>): Check {
  const found = stored.filter(({ isRevoked }) => isRevoked).map(({ key }) => key.split('|').slice(0, 2).join('|'));
  const differences = [
    ...[...revoked].filter((user) => !found.includes(user)).map((user) => `not taken back: ${user}`),
    ...found.filter((user) => !revoked.has(user)).map((user) => `taken back by nobody: ${user}`),
  ];
  return { name: 'revocations', expected: revoked.size, found: found.length, differences: differences.slice(0, DIFFERENCES_SHOWN_MAX) };
}
