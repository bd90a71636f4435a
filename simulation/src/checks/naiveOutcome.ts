import {
  admitEvent,
  type ControlBody,
  decodeControlEntry,
  decodeEventBatch,
  hashEventId,
  isControlSubject,
  TICK_SUBJECT,
} from '@cairn/contracts';
import type { Sending, WireEvent } from '../scenario/history.js';
import type { FirstStage } from '../scenario/pack.js';
import type { EventRow } from '../servers/Tables.js';
import type { World } from '../world/World.js';
import { NaiveTenant } from './NaiveTenant.js';

interface Happening {
  sequence: number;
  index: number;
  happen(): void;
}

/** What everybody should hold in the end: all that was sent and counted, and all that people did, one after the other in the order of the log. */
export function naiveOutcome({ database: { tables }, nats }: World, sent: { history: readonly Sending[]; stage: FirstStage }): NaiveTenant {
  const tenant = new NaiveTenant(sent.stage);
  const entries = new Map(nats.log.messages.map((message) => [message.sequence, message]));
  const events = tables.events.map((row): Happening => {
    const wire = wireOf(row, sent.history);
    const { written } = entries.get(row.sequence) ?? {};
    // A door that knows of an alias writes another name than it was told.
    const name = written === undefined ? undefined : decodeEventBatch(written).events[row.index]?.userId;
    if (name === undefined) throw new Error(`${wire.event_id} was counted at ${row.sequence}.${row.index}, where the log has nothing`);
    return { ...row, happen: () => tenant.live(wire, name) };
  });
  const orders = nats.log.messages.flatMap(({ subject, sequence, written }): Happening[] => {
    if (!isControlSubject(subject) || subject === TICK_SUBJECT) return [];
    const { body } = decodeControlEntry(written);
    return [{ sequence, index: 0, happen: () => obey(tenant, body) }];
  });
  for (const { happen } of [...events, ...orders].sort((a, b) => a.sequence - b.sequence || a.index - b.index)) happen();
  return tenant;
}

function obey(tenant: NaiveTenant, body: ControlBody): void {
  if (body.kind === 'pack_published') tenant.publish();
  if (body.kind === 'unlock_granted') tenant.user(body.userId).grant(nameOf(body));
  if (body.kind === 'unlock_revoked') tenant.user(body.userId).revoke(nameOf(body));
  if (body.kind === 'team_unlock_granted') tenant.team(body.teamId).grant(nameOf(body));
  if (body.kind === 'team_unlock_revoked') tenant.team(body.teamId).revoke(nameOf(body));
  if (body.kind === 'event_retracted') tenant.retract(body);
  if (body.kind === 'users_merged') tenant.merge(body);
  if (body.kind === 'user_erased') tenant.erase(body.userIds);
}

/** As an unlock is named, in messages too. */
export function nameOf({ slug, period }: { slug: string; period: string | null }): string {
  return period === null ? slug : `${slug} ${period}`;
}

/** The content that counts, where one name was used for two. */
function wireOf(row: EventRow, history: readonly Sending[]): WireEvent {
  const sent = history.map(({ wire }) => wire).filter((wire) => hashEventId(wire.event_id).equals(row.eventIdHash));
  const found = sent.find((wire) => payloadHashOf(wire).equals(row.payloadHash)) ?? sent[0];
  if (found === undefined) throw new Error(`${row.eventId} was counted and never sent`);
  return found;
}

function payloadHashOf(wire: WireEvent): Buffer {
  return admitEvent(wire, { tenantId: 'default', mayWriteTo: () => true, receivedAt: Date.UTC(2026, 11) }).identity.payloadHash;
}
