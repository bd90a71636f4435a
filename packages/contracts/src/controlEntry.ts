import { AvroCodec } from './avroRegistry.js';

/** An entry of the log that is not an event: every partition sees it at the same place in the order. */
export interface ControlEntry {
  /** Unique, chosen by who publishes it; the same on a retry. */
  entryId: string;
  tenantId: string;
  /** Epoch milliseconds. */
  at: number;
  /** Who did it: the name of a token. */
  actor: string;
  body: ControlBody;
}

export type ControlBody =
  | { kind: 'pack_published'; pack: string; contentJson: string }
  | ({ kind: 'unlock_granted' } & UnlockTarget & HowGranted)
  | ({ kind: 'unlock_revoked' } & UnlockTarget)
  | ({ kind: 'team_unlock_granted' } & TeamUnlockTarget & HowGranted)
  | ({ kind: 'team_unlock_revoked' } & TeamUnlockTarget)
  | {
      kind: 'tenant_configured';
      timezone: string | null;
      tierOrder: string[] | null;
    }
  | ({ kind: 'event_retracted' } & RetractedEvent)
  | ({ kind: 'users_merged' } & MergedUsers)
  | ({ kind: 'user_erased' } & ErasedUser)
  | ({ kind: 'tenant_merged' } & MergedTenant);

/** The tenant of the entry ends: from here on, what comes for it is for another. */
export interface MergedTenant {
  /** The one that goes on. */
  into: string;
  reason: string;
}

/** Somebody of whom nothing is to be left. */
export interface ErasedUser {
  /** All names that they went by; none once they are erased from the log as well. */
  userIds: readonly string[];
}

/** Two users who are one from here on; a user who is renamed goes on under a name that nobody had. */
export interface MergedUsers {
  /** Who ends: an alias from here on. */
  from: string;
  /** Who goes on. */
  into: string;
  reason: string;
}

/** An event that counts for nothing any more. */
export interface RetractedEvent {
  eventId: string;
  /** Whose event it is. */
  userId: string;
  reason: string;
}

/** How something is granted. */
export interface HowGranted {
  /** It was held long before, and nobody is told live. Left out: it is told. */
  backfilled?: boolean;
}

interface Target {
  slug: string;
  level: string | null;
  period: string | null;
  reason: string;
}

export interface UnlockTarget extends Target {
  userId: string;
}

export interface TeamUnlockTarget extends Target {
  teamId: string;
}

interface AvroHowGranted {
  backfilled: boolean;
}

interface AvroTarget extends Target {
  user_id: string;
}

interface AvroTeamTarget extends Target {
  team_id: string;
}

/** A union of records is written with the name of its branch. */
type AvroBody =
  | { 'cairn.log.PackPublished': { pack: string; content: string } }
  | { 'cairn.log.UnlockGranted': AvroTarget & AvroHowGranted }
  | { 'cairn.log.UnlockRevoked': AvroTarget }
  | { 'cairn.log.TeamUnlockGranted': AvroTeamTarget & AvroHowGranted }
  | { 'cairn.log.TeamUnlockRevoked': AvroTeamTarget }
  | {
      'cairn.log.TenantConfigured': {
        timezone: string | null;
        tier_order: string[] | null;
      };
    }
  | { 'cairn.log.EventRetracted': { event_id: string; user_id: string; reason: string } }
  | { 'cairn.log.UsersMerged': { from: string; into: string; reason: string } }
  | { 'cairn.log.UserErased': { user_ids: readonly string[] } }
  | { 'cairn.log.TenantMerged': { into: string; reason: string } };

const codec = new AvroCodec<{
  entry_id: string;
  tenant_id: string;
  at: number;
  actor: string;
  body: AvroBody;
}>('log-control-entry');

export function encodeControlEntry(entry: ControlEntry): Buffer {
  return codec.encode({
    entry_id: entry.entryId,
    tenant_id: entry.tenantId,
    at: entry.at,
    actor: entry.actor,
    body: toAvro(entry.body),
  });
}

/** @throws CairnError `undecodable_entry` */
export function decodeControlEntry(bytes: Uint8Array): ControlEntry {
  const entry = codec.decode(bytes);
  return {
    entryId: entry.entry_id,
    tenantId: entry.tenant_id,
    at: entry.at,
    actor: entry.actor,
    body: fromAvro(entry.body),
  };
}

function toAvro(body: ControlBody): AvroBody {
  switch (body.kind) {
    case 'pack_published':
      return {
        'cairn.log.PackPublished': {
          pack: body.pack,
          content: body.contentJson,
        },
      };
    case 'unlock_granted':
      return { 'cairn.log.UnlockGranted': { ...targetToAvro(body), backfilled: body.backfilled ?? false } };
    case 'unlock_revoked':
      return { 'cairn.log.UnlockRevoked': targetToAvro(body) };
    case 'team_unlock_granted':
      return { 'cairn.log.TeamUnlockGranted': { team_id: body.teamId, ...restOf(body), backfilled: body.backfilled ?? false } };
    case 'team_unlock_revoked':
      return { 'cairn.log.TeamUnlockRevoked': { team_id: body.teamId, ...restOf(body) } };
    case 'tenant_configured':
      return {
        'cairn.log.TenantConfigured': {
          timezone: body.timezone,
          tier_order: body.tierOrder,
        },
      };
    case 'event_retracted':
      return { 'cairn.log.EventRetracted': { event_id: body.eventId, user_id: body.userId, reason: body.reason } };
    case 'users_merged':
      return { 'cairn.log.UsersMerged': { from: body.from, into: body.into, reason: body.reason } };
    case 'user_erased':
      return { 'cairn.log.UserErased': { user_ids: body.userIds } };
    case 'tenant_merged':
      return { 'cairn.log.TenantMerged': { into: body.into, reason: body.reason } };
  }
}

function fromAvro(body: AvroBody): ControlBody {
  if ('cairn.log.PackPublished' in body) {
    const { pack, content } = body['cairn.log.PackPublished'];
    return { kind: 'pack_published', pack, contentJson: content };
  }
  if ('cairn.log.UnlockGranted' in body)
    return {
      kind: 'unlock_granted',
      ...targetFromAvro(body['cairn.log.UnlockGranted']),
      ...howGranted(body['cairn.log.UnlockGranted']),
    };
  if ('cairn.log.UnlockRevoked' in body)
    return {
      kind: 'unlock_revoked',
      ...targetFromAvro(body['cairn.log.UnlockRevoked']),
    };
  if ('cairn.log.TeamUnlockGranted' in body) {
    const target = body['cairn.log.TeamUnlockGranted'];
    return { kind: 'team_unlock_granted', teamId: target.team_id, ...restOf(target), ...howGranted(target) };
  }
  if ('cairn.log.TeamUnlockRevoked' in body) {
    const target = body['cairn.log.TeamUnlockRevoked'];
    return { kind: 'team_unlock_revoked', teamId: target.team_id, ...restOf(target) };
  }
  if ('cairn.log.EventRetracted' in body) {
    const { event_id: eventId, user_id: userId, reason } = body['cairn.log.EventRetracted'];
    return { kind: 'event_retracted', eventId, userId, reason };
  }
  if ('cairn.log.UsersMerged' in body) return { kind: 'users_merged', ...body['cairn.log.UsersMerged'] };
  if ('cairn.log.UserErased' in body) return { kind: 'user_erased', userIds: body['cairn.log.UserErased'].user_ids };
  if ('cairn.log.TenantMerged' in body) return { kind: 'tenant_merged', ...body['cairn.log.TenantMerged'] };
  const { timezone, tier_order: tierOrder } = body['cairn.log.TenantConfigured'];
  return { kind: 'tenant_configured', timezone, tierOrder };
}

function targetToAvro(target: UnlockTarget): AvroTarget {
  return { user_id: target.userId, ...restOf(target) };
}

function targetFromAvro(target: AvroTarget): UnlockTarget {
  return { userId: target.user_id, ...restOf(target) };
}

function howGranted({ backfilled }: AvroHowGranted): HowGranted {
  return backfilled ? { backfilled } : {};
}

/** All but whose it is. */
function restOf({ slug, level, period, reason }: Target): Target {
  return { slug, level, period, reason };
}
