import { type ControlBody, deriveXpEntryId, hashEventId, partitionOf } from '@cairn/contracts';
import { retract } from '@cairn/engine';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import type { CachedUser } from '../partition/UserCache.js';
import type { EvaluationStore } from '../store/EvaluationStore.js';
import { addOutcome } from './addOutcome.js';
import type { ControlContext } from './ControlContext.js';
import { emptyBatch, foldedOf } from './controlBatch.js';
import { readEventAt } from './readEventAt.js';
import { readRetractedHistory } from './readRetractedHistory.js';
import { refuseControl } from './refuseControl.js';

export type EventRetracted = Extract<ControlBody, { kind: 'event_retracted' }>;

/**
 * Takes an event out of what its user has done. The partition of the user reads the user's history meanwhile and stands still;
 * all recounts of the tenant are done before, so that what they read is what the state holds. Nothing happens for an event that is
 * not known, is another's, or was retracted before.
 */
export async function retractEvent(
  entry: Entry & { kind: 'control' },
  body: EventRetracted,
  context: ControlContext,
): Promise<FoldedBatch> {
  const { control, sequence } = entry;
  const { ports, folder } = context;
  if (partitionOf(control.tenantId, body.userId, ports.partitions) !== context.partition) return emptyBatch(entry, context);
  const tenant = await folder.tenants.get(control.tenantId, sequence);
  const place = await findCounting(ports.store, tenant, body);
  if (place === null || place.sequence >= sequence) return emptyBatch(entry, context);
  const event = await readEventAt(place, {
    log: ports.log,
    tenantId: tenant.tenantId,
    partition: context.partition,
    signal: context.signal,
  });
  if (event === null) return refuseControl(entry, context, { code: 'unfoldable_event', message: NOT_IN_LOG });
  if (event.userId !== body.userId) return emptyBatch(entry, context);
  await folder.loadUsers(tenant, new Set([body.userId]), { repair: context.repairUnlocks, number: folder.nextNumber() });
  const user = folder.users.peek(tenant.tenantKey, body.userId);
  if (user === undefined) throw new Error('the user of a control entry was not loaded');
  if (user.unreadable !== null) return refuseControl(entry, context, { code: 'unfoldable_event', message: user.unreadable });
  const told = await readRetractedHistory({ tenant, event, before: sequence }, context);
  const paidBy = await paidFor(event.eventId, { user, store: ports.store, since: place.sequence });
  const { entryId: cause, at } = control;
  const effects = retract(tenant.catalogue, user.state, { ...told, event, paidBy, reason: body.reason, cause, at });
  const builder = new BatchBuilder(context.partition);
  builder.addRetraction(user, { eventId: event.eventId, sequence });
  await addOutcome(builder, effects, { user, tenant, store: ports.store, sequence });
  return foldedOf(builder, { entry, context, newSeq: sequence });
}

const NOT_IN_LOG = 'the log no longer holds the event: what it counted for cannot be told any more';

async function findCounting(store: EvaluationStore, { tenantKey }: TenantContext, { eventId }: EventRetracted) {
  const eventIdHashes = [hashEventId(eventId)];
  const [found] = await store.findIdentities({ tenantKey, eventIdHashes, keyHashes: [], fingerprints: [] });
  return found === undefined || (found.retractedSeq ?? null) !== null ? null : found;
}

/** What rules have paid for an event, by their keys. */
async function paidFor(
  eventId: string,
  of: { user: CachedUser; store: EvaluationStore; since: number },
): Promise<(xpRule: string) => number> {
  const { tenantKey, tenantId, userKey, userId } = of.user;
  const { entries } = await of.store.recounts.livedSince({ tenantKey, userKeys: [userKey], since: of.since });
  const amounts = new Map(entries.map(({ entryId, amount }) => [entryId, amount]));
  return (xpRule) => amounts.get(deriveXpEntryId(tenantId, userId, `rule:${xpRule}:${eventId}`)) ?? 0;
}
