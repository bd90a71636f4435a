import type { UnlockKey } from '@cairn/engine';

/**
 * Whether a person may have given an unlock; level and period of a grant are null where the request left them open. One that left
 * something open is taken for one of whatever there is: nobody loses what a person may have given.
 */
export function isGranted(granted: readonly UnlockKey[], { slug, level, period }: UnlockKey): boolean {
  const isMeant = (given: string | null, wanted: string | null): boolean => given === null || given === wanted;
  return granted.some((grant) => grant.slug === slug && isMeant(grant.level, level) && isMeant(grant.period, period));
}
