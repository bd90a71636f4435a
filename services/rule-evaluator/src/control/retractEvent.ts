import { type ControlBody, deriveXpEntryId, hashEventId, partitionOf } from '@cairn/contracts';
import { retract } from '@cairn/engine';
import { namesOfUsers } from '../aliases/namesOfUsers.js';
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
  const tenant = await folder.tenants.get(control.tenantId, sequence);
  const userId = tenant.aliases.userOf(body.userId);
  if (partitionOf(control.tenantId, userId, ports.partitions) !== context.partition) return emptyBatch(entry, context);
  const place = await findCounting(ports.store, tenant, body);
  if (place === null || place.sequence >= sequence) return emptyBatch(entry, context);
  // It may be another's, who is in another partition.
  const event = await readEventAt(place, { log: ports.log, tenantId: tenant.tenantId, partition: null, signal: context.signal });
  if (event === null) return refuseControl(entry, context, { code: 'unfoldable_event', message: NOT_IN_LOG });
  if (tenant.aliases.userOf(event.userId) !== userId) return emptyBatch(entry, context);
  await folder.loadUsers(tenant, new Set([userId]), { repair: context.repairUnlocks, number: folder.nextNumber() });
  const user = folder.users.peek(tenant.tenantKey, userId);
  if (user === undefined) throw new Error('the user of a control entry was not loaded');
  if (user.unreadable !== null) return refuseControl(entry, context, { code: 'unfoldable_event', message: user.unreadable });
  const told = await readRetractedHistory({ tenant, event, before: sequence }, context);
  const paidBy = await paidFor(event.eventId, { user, tenant, store: ports.store, since: place.sequence });
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
  return found === undefined || found.isErased === true || (found.retractedSeq ?? null) !== null ? null : found;
}

/** What rules have paid for an event, by their keys. */
async function paidFor(
  eventId: string,
  of: { user: CachedUser; tenant: TenantContext; store: EvaluationStore; since: number },
): Promise<(xpRule: string) => number> {
  const { tenantKey, tenantId } = of.user;
  const names = (await namesOfUsers([of.user], of))(of.user);
  const { entries } = await of.store.recounts.livedSince({ tenantKey, userKeys: names.map(({ userKey }) => userKey), since: of.since });
  const amounts = new Map(entries.map(({ entryId, amount }) => [entryId, amount]));
  const paidTo = (userId: string, xpRule: string) => amounts.get(deriveXpEntryId(tenantId, userId, `rule:${xpRule}:${eventId}`)) ?? 0;
  return (xpRule) => names.reduce((sum, { userId }) => sum + paidTo(userId, xpRule), 0);
}
