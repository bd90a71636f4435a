import type { ControlBody } from '@cairn/contracts';
import { type Issue, type Pack, type PublishPlan, parsePack, type Result, type WorkOfPublication, workOfPublication } from '@cairn/engine';
import type { Entry } from '../partition/decodeEntry.js';
import type { TenantCatalogues, TenantContext } from '../partition/TenantCatalogues.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';

export type PackPublished = Extract<ControlBody, { kind: 'pack_published' }>;

/** What a publication changed; the tenant's catalogue is the one behind it. */
export interface TakenEffect {
  tenant: TenantContext;
  plan: PublishPlan;
  /** What is left to do for users. */
  work: WorkOfPublication;
}

/** Writes the versions that a publication makes and puts them in effect for this loop. Doing it again changes nothing. */
export async function takeEffect(
  entry: Entry & { kind: 'control' },
  body: PackPublished,
  on: { tenants: TenantCatalogues; store: EvaluationStore },
): Promise<Result<TakenEffect>> {
  const { control, sequence } = entry;
  const { tenants, store } = on;
  const parsed = readPack(body.contentJson);
  if (!parsed.ok) return parsed;
  const tenant = await tenants.get(control.tenantId, sequence);
  const versions = await store.versionsBefore({ tenantKey: tenant.tenantKey, sequence });
  const plan = tenant.catalogue.planPublish(parsed.value, (slug) => (versions.get(slug) ?? 0) + 1);
  if (plan.issues.length > 0) return { ok: false, issues: plan.issues };
  const work = workOfPublication(tenant.catalogue, parsed.value, plan);
  tenant.catalogue = await store.publish({
    tenantKey: tenant.tenantKey,
    catalogue: tenant.catalogue,
    pack: parsed.value,
    plan,
    contentJson: body.contentJson,
    sequence,
    publishedAt: control.at,
    publishedBy: control.actor,
  });
  return { ok: true, value: { tenant, plan, work } };
}

export function describeIssues(issues: readonly Issue[]): string {
  return issues.map((issue) => `${issue.path}: ${issue.message}`).join('; ');
}

function readPack(contentJson: string): Result<Pack> {
  try {
    return parsePack(JSON.parse(contentJson));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, issues: [{ path: '', code: 'invalid_json', message: error.message }] };
  }
}
