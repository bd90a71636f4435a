import { DEFAULT_TENANT_ID, isJsonObject } from '@cairn/contracts';

/** Whose event a refused one would have been; null where that is not certain, or where it may not be theirs. */
export function tenantOf(input: unknown, mayWriteTo: (tenantId: string) => boolean): string | null {
  if (!isJsonObject(input)) return null;
  const named = isJsonObject(input.actor) ? (input.actor.tenant_id ?? DEFAULT_TENANT_ID) : DEFAULT_TENANT_ID;
  return typeof named === 'string' && mayWriteTo(named) ? named : null;
}
