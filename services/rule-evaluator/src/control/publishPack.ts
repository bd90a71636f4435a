import type { ControlBody } from '@cairn/contracts';
import { type PublishPlan, parsePack } from '@cairn/engine';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import type { FoldedBatch } from '../partition/BatchFolder.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import type { ControlContext } from './ControlContext.js';
import { emptyBatch, foldedOf } from './controlBatch.js';
import { recount } from './recount.js';

type PackPublished = Extract<ControlBody, { kind: 'pack_published' }>;

/** Puts a pack in effect at its place in the log; what asks for it is recounted over the history before that place. */
export async function* publishPack(
  entry: Entry & { kind: 'control' },
  body: PackPublished,
  context: ControlContext,
): AsyncGenerator<FoldedBatch> {
  const { control, sequence } = entry;
  const { store } = context.ports;
  const parsed = parsePack(JSON.parse(body.contentJson));
  if (!parsed.ok) {
    yield refuse(entry, context, parsed.issues.map((issue) => `${issue.path}: ${issue.message}`).join('; '));
    return;
  }
  const tenant = await context.folder.tenants.get(control.tenantId, sequence);
  const versions = await store.versionsBefore({ tenantKey: tenant.tenantKey, sequence });
  const plan = tenant.catalogue.planPublish(parsed.value, (slug) => (versions.get(slug) ?? 0) + 1);
  if (plan.issues.length > 0) {
    yield refuse(entry, context, plan.issues.map((issue) => `${issue.path}: ${issue.message}`).join('; '));
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

/** The door lets no such pack through; one that got into the log all the same must not stop it. */
function refuse(entry: Entry & { kind: 'control' }, context: ControlContext, message: string): FoldedBatch {
  const builder = new BatchBuilder(context.partition);
  if (context.partition === 0) {
    const place = { sequence: entry.sequence, index: 0 };
    builder.addDeadLetter({ code: 'invalid_pack', message, subject: entry.raw.subject, place, bytes: entry.raw.data });
  }
  return foldedOf(builder, { entry, context, newSeq: entry.sequence });
}
