import type { Issue } from '@cairn/engine';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import { beginRecount } from './beginRecount.js';
import type { ControlContext } from './ControlContext.js';
import { emptyBatch, foldedOf } from './controlBatch.js';
import { refuseControl } from './refuseControl.js';
import { describeIssues, type PackPublished, type TakenEffect, takeEffect } from './takeEffect.js';

/** Puts a pack in effect at its place in the log; what asks for it is recounted from there on, beside the events that follow. */
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
  yield await beginWork(taken.value, entry, context);
}

/** Nothing is left to do where nobody has done anything yet. */
async function beginWork(
  { tenant, work: { recount, isRecheckDue } }: TakenEffect,
  entry: Entry & { kind: 'control' },
  context: ControlContext,
): Promise<FoldedBatch> {
  const builder = new BatchBuilder(context.partition);
  const isRecountDue = recount.slugs.length + recount.xpRules.length > 0;
  if ((isRecountDue || isRecheckDue) && (await context.ports.store.recounts.hasUsers(tenant.tenantKey))) {
    if (isRecountDue) builder.addRecount(beginRecount(entry, { tenant, kind: 'recount', ...recount }));
    if (isRecheckDue) builder.addRecount(beginRecount(entry, { tenant, kind: 'recheck', slugs: [], xpRules: [] }));
  }
  return foldedOf(builder, { entry, context, newSeq: entry.sequence });
}

/** The door lets no such pack through; one that got into the log all the same must not stop it. */
function refuse(entry: Entry & { kind: 'control' }, context: ControlContext, issues: readonly Issue[]): FoldedBatch {
  // All partitions find the same: one of them says so.
  if (context.partition !== 0) return emptyBatch(entry, context);
  return refuseControl(entry, context, { code: 'invalid_pack', message: describeIssues(issues) });
}
