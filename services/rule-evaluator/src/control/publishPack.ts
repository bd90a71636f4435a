import type { Issue, PublishPlan } from '@cairn/engine';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import type { ControlContext } from './ControlContext.js';
import { emptyBatch } from './controlBatch.js';
import { recount } from './recount.js';
import { refuseControl } from './refuseControl.js';
import { describeIssues, type PackPublished, takeEffect } from './takeEffect.js';

/** Puts a pack in effect at its place in the log; what asks for it is recounted over the history before that place. */
export async function* publishPack(
  entry: Entry & { kind: 'control' },
  body: PackPublished,
  context: ControlContext,
): AsyncGenerator<FoldedBatch> {
  const taken = await takeEffect(entry, body, { tenants: context.folder.tenants, store: context.ports.store });
  if (!taken.ok) {
    yield refuse(entry, context, taken.issues);
    return;
  }
  const { plan, tenant } = taken.value;
  yield* recount(slugsToRecount(plan, tenant), { entry, tenant, context });
  yield emptyBatch(entry, context);
}

/** What counts for users; the loop of the teams recounts for them. */
function slugsToRecount(plan: PublishPlan, tenant: TenantContext): string[] {
  return plan.changes
    .filter(({ change }) => change === 'added' || change === 'changed')
    .map(({ slug }) => slug)
    .filter((slug) => tenant.catalogue.rules.get(slug)?.definition.onPublish === 'recount');
}

/** The door lets no such pack through; one that got into the log all the same must not stop it. */
function refuse(entry: Entry & { kind: 'control' }, context: ControlContext, issues: readonly Issue[]): FoldedBatch {
  // All partitions find the same: one of them says so.
  if (context.partition !== 0) return emptyBatch(entry, context);
  return refuseControl(entry, context, { code: 'invalid_pack', message: describeIssues(issues) });
}
