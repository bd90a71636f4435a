import type { ControlBody } from '@cairn/contracts';
import { type Issue, type Pack, type PublishPlan, parsePack, type Result } from '@cairn/engine';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import type { ControlContext } from './ControlContext.js';
import { emptyBatch } from './controlBatch.js';
import { recount } from './recount.js';
import { refuseControl } from './refuseControl.js';

type PackPublished = Extract<ControlBody, { kind: 'pack_published' }>;

/** Puts a pack in effect at its place in the log; what asks for it is recounted over the history before that place. */
export async function* publishPack(
  entry: Entry & { kind: 'control' },
  body: PackPublished,
  context: ControlContext,
): AsyncGenerator<FoldedBatch> {
  const { control, sequence } = entry;
  const { store } = context.ports;
  const parsed = readPack(body.contentJson);
  if (!parsed.ok) {
    yield refuse(entry, context, parsed.issues);
    return;
  }
  const tenant = await context.folder.tenants.get(control.tenantId, sequence);
  const versions = await store.versionsBefore({ tenantKey: tenant.tenantKey, sequence });
  const plan = tenant.catalogue.planPublish(parsed.value, (slug) => (versions.get(slug) ?? 0) + 1);
  if (plan.issues.length > 0) {
    yield refuse(entry, context, plan.issues);
    return;
  }
  const published = await store.publish({
    tenantKey: tenant.tenantKey,
    catalogue: tenant.catalogue,
    pack: parsed.value,
    plan,
    contentJson: body.contentJson,
    sequence,
    publishedAt: control.at,
    publishedBy: control.actor,
  });
  tenant.catalogue = published;
  yield* recount(slugsToRecount(plan, tenant), { entry, tenant, context });
  yield emptyBatch(entry, context);
}

function slugsToRecount(plan: PublishPlan, tenant: TenantContext): string[] {
  return plan.changes
    .filter(({ change }) => change === 'added' || change === 'changed')
    .map(({ slug }) => slug)
    .filter((slug) => tenant.catalogue.definitions.get(slug)?.definition.onPublish === 'recount');
}

function readPack(contentJson: string): Result<Pack> {
  try {
    return parsePack(JSON.parse(contentJson));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, issues: [{ path: '', code: 'invalid_json', message: error.message }] };
  }
}

/** The door lets no such pack through; one that got into the log all the same must not stop it. */
function refuse(entry: Entry & { kind: 'control' }, context: ControlContext, issues: readonly Issue[]): FoldedBatch {
  // All partitions find the same: one of them says so.
  if (context.partition !== 0) return emptyBatch(entry, context);
  const message = issues.map((issue) => `${issue.path}: ${issue.message}`).join('; ');
  return refuseControl(entry, context, { code: 'invalid_pack', message });
}
