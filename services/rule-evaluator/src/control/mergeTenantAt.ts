import type { ControlBody } from '@cairn/contracts';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { TenantCatalogues } from '../partition/TenantCatalogues.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';
import type { ControlPlace } from './ControlContext.js';
import { emptyBatch } from './controlBatch.js';

export type TenantMerged = Extract<ControlBody, { kind: 'tenant_merged' }>;

export interface MergeContext extends ControlPlace {
  folder: ControlPlace['folder'] & { tenants: TenantCatalogues };
  ports: { store: Pick<EvaluationStore, 'addTenantMerge'> };
}

/**
 * From this place of the log on, what comes for one tenant is another's. Every partition notes it by itself; what came before is brought
 * along by `tenantCopies`. It means nothing where both are one already.
 */
export async function mergeTenantAt(
  entry: Entry & { kind: 'control' },
  { into }: TenantMerged,
  context: MergeContext,
): Promise<FoldedBatch> {
  const { control, sequence } = entry;
  const { tenants } = context.folder;
  const tenant = await tenants.get(control.tenantId, sequence);
  if (!(await leadsTo(into, { tenantId: control.tenantId, tenants, sequence }))) {
    await context.ports.store.addTenantMerge({ tenantKey: tenant.tenantKey, intoTenant: into, logSeq: sequence, at: control.at });
    tenant.mergedInto = into;
  }
  return emptyBatch(entry, context);
}

/** Whether a tenant is, or was merged into, that of the entry: as many steps as there were merges at most. */
async function leadsTo(
  into: string,
  { tenantId, tenants, sequence }: { tenantId: string; tenants: TenantCatalogues; sequence: number },
): Promise<boolean> {
  for (let next: string | null = into; next !== null; next = (await tenants.get(next, sequence)).mergedInto)
    if (next === tenantId) return true;
  return false;
}

/** Whether a control entry is about a tenant that is no longer one of its own: only who is erased is erased there too. */
export async function isAfterMerge({ control, sequence }: Entry & { kind: 'control' }, tenants: TenantCatalogues): Promise<boolean> {
  const { mergedInto } = await tenants.get(control.tenantId, sequence);
  return mergedInto !== null && control.body.kind !== 'user_erased';
}
