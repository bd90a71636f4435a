import type { CairnEvent } from '@cairn/contracts';
import { type Catalogue, emptyState, fold, mergeRecount, recountCatalogue, type UnlockEffect, type UserState } from '@cairn/engine';
import { RECOUNT_LOOKUP_EVENTS, RECOUNT_USERS_PER_COMMIT } from '../limits.js';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import { decodeEntry, type Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { TenantContext } from '../partition/TenantCatalogues.js';
import { toEngineEvent } from '../partition/toEngineEvent.js';
import type { ControlContext } from './ControlContext.js';
import { foldedOf } from './controlBatch.js';

/** A user's history under the new definitions alone. */
interface Scratch {
  state: UserState;
  unlocks: UnlockEffect[];
}

interface PlacedEvent {
  event: CairnEvent;
  sequence: number;
  index: number;
}

interface RecountScope {
  entry: Entry & { kind: 'control' };
  tenant: TenantContext;
  context: ControlContext;
}

/**
 * Evaluates definitions over all that lies before their publication, and merges the result into the users' states.
 * A crash in between does no harm: the entry is applied again from its start, and what is held is not awarded twice.
 */
export async function* recount(slugs: readonly string[], scope: RecountScope): AsyncGenerator<FoldedBatch> {
  if (slugs.length === 0) return;
  const scratches = new Map<string, Scratch>();
  const catalogue = recountCatalogue(scope.tenant.catalogue, slugs);
  for await (const events of originals(scope)) {
    for (const placed of events) foldIntoScratch(catalogue, scratches, placed);
  }
  const userIds = [...scratches.keys()];
  for (let start = 0; start < userIds.length; start += RECOUNT_USERS_PER_COMMIT) {
    yield await mergeUsers(userIds.slice(start, start + RECOUNT_USERS_PER_COMMIT), { slugs, scratches, scope });
  }
}

/** The accepted events of the partition's history, in order, without the duplicates that the log may hold. */
async function* originals({ entry, tenant, context }: RecountScope): AsyncGenerator<PlacedEvent[]> {
  const { partition, signal, ports } = context;
  const history = ports.log.history({ partition, tenantId: tenant.tenantId, before: entry.sequence, signal });
  let chunk: PlacedEvent[] = [];
  for await (const raw of history) {
    const past = decodeEntry(raw);
    if (past.kind !== 'events') continue;
    for (const [index, event] of past.events.entries()) chunk.push({ event, sequence: past.sequence, index });
    if (chunk.length >= RECOUNT_LOOKUP_EVENTS) {
      yield await onlyOriginals(chunk, tenant, context);
      chunk = [];
    }
  }
  if (chunk.length > 0) yield await onlyOriginals(chunk, tenant, context);
}

async function onlyOriginals(chunk: readonly PlacedEvent[], tenant: TenantContext, context: ControlContext): Promise<PlacedEvent[]> {
  const rows = await context.ports.store.findIdentities({
    tenantKey: tenant.tenantKey,
    eventIdHashes: chunk.map(({ event }) => event.identity.eventIdHash),
    keyHashes: [],
    fingerprints: [],
  });
  const places = new Set(rows.map((row) => `${row.sequence}:${row.index}`));
  return chunk.filter(({ sequence, index }) => places.has(`${sequence}:${index}`));
}

function foldIntoScratch(catalogue: Catalogue, scratches: Map<string, Scratch>, placed: PlacedEvent): void {
  const { event } = placed;
  let scratch = scratches.get(event.userId);
  if (scratch === undefined) {
    scratch = { state: emptyState(), unlocks: [] };
    scratches.set(event.userId, scratch);
  }
  scratch.unlocks.push(...fold(catalogue, scratch.state, toEngineEvent(event, placed)).unlocks);
}

async function mergeUsers(
  userIds: readonly string[],
  of: { slugs: readonly string[]; scratches: ReadonlyMap<string, Scratch>; scope: RecountScope },
): Promise<FoldedBatch> {
  const { entry, tenant, context } = of.scope;
  await context.folder.loadUsers(tenant, new Set(userIds), { repair: context.repairUnlocks, number: context.folder.nextNumber() });
  const builder = new BatchBuilder(context.partition);
  for (const userId of userIds) {
    const scratch = of.scratches.get(userId);
    const user = context.folder.users.peek(tenant.tenantKey, userId);
    if (scratch === undefined || user === undefined) throw new Error('a recounted user was not loaded');
    if (user.unreadable !== null) continue;
    const effects = mergeRecount(tenant.catalogue, user.state, {
      scratch: scratch.state,
      slugs: of.slugs,
      scratchUnlocks: scratch.unlocks,
      cause: entry.control.entryId,
      at: entry.control.at,
    });
    builder.touch(user);
    // A recount is silent: what it found is read, not announced.
    builder.addEffects(user, { ...effects, progressed: [] }, { sequence: entry.sequence, index: 0 });
  }
  return foldedOf(builder, { entry, context, newSeq: context.position });
}
