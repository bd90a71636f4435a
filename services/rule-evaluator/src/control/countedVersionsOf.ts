import type { Catalogue, CountedVersions } from '@cairn/engine';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';

/** Of each achievement that is in effect, the versions that its counts go on from. */
export async function countedVersionsOf(
  slugs: readonly string[],
  of: { tenant: TenantContext; store: EvaluationStore },
): Promise<CountedVersions[]> {
  const { tenant, store } = of;
  const catalogues = new Map<number, Catalogue>();
  const all: CountedVersions[] = [];
  for (const slug of slugs) {
    const versions: CountedVersions[number][] = [];
    let version = tenant.catalogue.definitions.get(slug);
    while (version !== undefined) {
      versions.unshift(version);
      if (version.definition.onPublish !== 'continue') break;
      const atSequence = version.sequence - 1;
      const catalogue = catalogues.get(atSequence) ?? (await store.catalogue({ tenantKey: tenant.tenantKey, atSequence }));
      catalogues.set(atSequence, catalogue);
      version = catalogue.definitions.get(slug);
    }
    all.push(versions);
  }
  return all;
}
