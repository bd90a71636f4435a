import type { RecountChange, RecountRow } from '@cairn/store';
import type { Entry } from '../partition/decodeEntry.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';

/** What a control entry asks to be done for the users of its tenant. */
export function beginRecount(
  entry: Entry & { kind: 'control' },
  due: { tenant: TenantContext } & Pick<RecountRow, 'kind' | 'slugs' | 'xpRules'>,
): RecountChange {
  const { tenant, kind, slugs, xpRules } = due;
  const { sequence, control } = entry;
  const { tenantKey, tenantId } = tenant;
  const asked = { tenantKey, tenantId, logSeq: sequence, cause: control.entryId, at: control.at };
  return { change: 'begin', row: { ...asked, kind, slugs, xpRules, slices: 1, slicesDone: 0, scannedKey: 0, byHand: [] } };
}
