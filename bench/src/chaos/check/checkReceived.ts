import type { Received } from '../subscribers/Received.js';
import { type Check, DIFFERENCES_SHOWN_MAX } from './Check.js';
import type { StoredUnlock } from './storedUnlocks.js';

/** Every unlock and every revocation arrived at a subscriber under the one id that it has, and nothing that is not there. */
export function checkReceived(who: string, of: { stored: readonly StoredUnlock[]; received: readonly Received[] }): Check {
  const unlocks = new Set(of.received.flatMap((it) => [...it.unlocks]));
  const revocations = new Set(of.received.flatMap((it) => [...it.revocations]));
  const revoked = of.stored.filter(({ isRevoked }) => isRevoked);
  const differences = [
    ...of.received.flatMap(({ violations }) => violations),
    ...of.stored.filter(({ id }) => !unlocks.has(id)).map(({ key }) => `never arrived: ${key}`),
    ...revoked.filter(({ id }) => !revocations.has(id)).map(({ key }) => `never told to be revoked: ${key}`),
  ];
  const known = new Set(of.stored.map(({ id }) => id));
  for (const id of unlocks) if (!known.has(id)) differences.push(`arrived, and is not there: ${id}`);
  return {
    name: `arrived ${who}`,
    expected: of.stored.length + revoked.length,
    found: unlocks.size + revocations.size,
    differences: differences.slice(0, DIFFERENCES_SHOWN_MAX),
  };
}
