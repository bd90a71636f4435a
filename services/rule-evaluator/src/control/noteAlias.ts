import type { Merge } from '../aliases/UserAliases.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';

/** Takes one id for another's alias from this place of the log on. null where that means nothing. Doing it again changes nothing. */
export async function noteAlias(
  { sequence, control }: Entry & { kind: 'control' },
  asked: Merge,
  { tenant, store, partition, epoch }: { tenant: TenantContext; store: EvaluationStore; partition: number; epoch: number },
): Promise<Merge | null> {
  const merge = tenant.aliases.resolve(asked);
  if (merge === null) return null;
  const alias = { tenantKey: tenant.tenantKey, alias: merge.from, userId: merge.into, logSeq: sequence, at: control.at };
  await store.addAlias(alias, { partition, epoch });
  tenant.aliases.merge(merge);
  return merge;
}
