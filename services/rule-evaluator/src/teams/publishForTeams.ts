import type { PublishPlan } from '@cairn/engine';
import { emptyBatch } from '../control/controlBatch.js';
import { type PackPublished, takeEffect } from '../control/takeEffect.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import { recheckTeams } from './recheckTeams.js';
import { recountTeams } from './recountTeams.js';
import type { TeamControlContext } from './TeamControlContext.js';

/**
 * Puts a pack in effect at its place in the log. What asks for it is recounted over the history before that place, and for a tenant
 * that has no achievements of teams yet, so is what its members chose and which plans its teams have.
 */
export async function* publishForTeams(
  entry: Entry & { kind: 'control' },
  body: PackPublished,
  context: TeamControlContext,
): AsyncGenerator<FoldedBatch> {
  const taken = await takeEffect(entry, body, { tenants: context.folder.tenants, store: context.ports.store });
  if (taken.ok) {
    const { plan, tenant } = taken.value;
    const changed = changedForTeams(plan, tenant);
    if (changed.length > 0) {
      const scope = { entry, tenant, context };
      const slugs = changed.filter((slug) => tenant.catalogue.ofTeams.rules.get(slug)?.definition.onPublish === 'recount');
      yield* recountTeams({ slugs, isNew: !context.folder.isFollowed(tenant.tenantId) }, scope);
      yield* recheckTeams(scope);
    }
  }
  // Where the pack was refused, a partition says so.
  yield emptyBatch(entry, context);
}

function changedForTeams(plan: PublishPlan, { catalogue }: TenantContext): string[] {
  return plan.changes
    .filter(({ change }) => change === 'added' || change === 'changed')
    .map(({ slug }) => slug)
    .filter((slug) => catalogue.ofTeams.rules.has(slug));
}
