import { admitEvent, decodeControlEntry, isControlSubject, TICK_SUBJECT } from '@cairn/contracts';
import type { Sending, WireEvent } from '../scenario/history.js';
import { type FirstStage, rulesAt } from '../scenario/pack.js';
import { EACH_RED_XP } from '../scenario/rules.js';
import type { EventRow } from '../servers/Tables.js';
import type { World } from '../world/World.js';
import { NaiveHolder } from './NaiveHolder.js';

/** What everybody should hold in the end. */
export interface NaiveOutcome {
  users: ReadonlyMap<string, NaiveHolder>;
  teams: ReadonlyMap<string, NaiveHolder>;
}

interface Happening {
  sequence: number;
  index: number;
  happen(): void;
}

/** All that was sent and counted, and all that people did, one after the other in the order of the log. */
export function naiveOutcome(
  { database: { tables }, nats }: World,
  sent: { history: readonly Sending[]; stage: FirstStage },
): NaiveOutcome {
  const users = new NaiveHolders('user', sent.stage);
  const teams = new NaiveHolders('team', sent.stage);
  const counted = new Map<string, { userId: string; teamId: string | undefined }>();
  const events = tables.events.map((row): Happening => {
    const wire = wireOf(row, sent.history);
    const { user_id: userId, team_id: teamId } = wire.actor;
    const event = { eventId: wire.event_id, colour: wire.properties.colour };
    return {
      ...row,
      happen: () => {
        counted.set(event.eventId, { userId, teamId });
        users.of(userId).count(event);
        if (teamId !== undefined) teams.of(teamId).count(event);
      },
    };
  });
  const retract = ({ eventId, userId }: { eventId: string; userId: string }): void => {
    const event = counted.get(eventId);
    if (event === undefined || event.userId !== userId) return;
    counted.delete(eventId);
    users.of(userId).retract(eventId);
    if (event.teamId !== undefined) teams.of(event.teamId).retract(eventId);
  };
  const orders = nats.log.messages.flatMap(({ subject, sequence, data }): Happening[] => {
    if (!isControlSubject(subject) || subject === TICK_SUBJECT) return [];
    const { body } = decodeControlEntry(data);
    const happen = (): void => {
      if (body.kind === 'pack_published') for (const holders of [users, teams]) holders.publish();
      if (body.kind === 'unlock_granted') users.of(body.userId).grant(nameOf(body));
      if (body.kind === 'unlock_revoked') users.of(body.userId).revoke(nameOf(body));
      if (body.kind === 'team_unlock_granted') teams.of(body.teamId).grant(nameOf(body));
      if (body.kind === 'team_unlock_revoked') teams.of(body.teamId).revoke(nameOf(body));
      if (body.kind === 'event_retracted') retract(body);
    };
    return [{ sequence, index: 0, happen }];
  });
  for (const { happen } of [...events, ...orders].sort((a, b) => a.sequence - b.sequence || a.index - b.index)) happen();
  return { users: users.all, teams: teams.all };
}

/** Of users, or of teams; whoever is named is there. */
class NaiveHolders {
  readonly all = new Map<string, NaiveHolder>();
  readonly #scope: 'user' | 'team';
  #stage: FirstStage | 'later';

  constructor(scope: 'user' | 'team', stage: FirstStage) {
    this.#scope = scope;
    this.#stage = stage;
  }

  of(name: string): NaiveHolder {
    let holder = this.all.get(name);
    if (holder === undefined) this.all.set(name, (holder = this.#begin()));
    return holder;
  }

  #begin(): NaiveHolder {
    // A team is paid nothing.
    return new NaiveHolder({ rules: this.#rules(), eachRedXp: this.#scope === 'user' ? EACH_RED_XP : 0 });
  }

  publish(): void {
    this.#stage = 'later';
    for (const holder of this.all.values()) holder.publish(this.#rules());
  }

  #rules() {
    return rulesAt(this.#stage).filter(({ scope }) => scope === this.#scope);
  }
}

/** As an unlock is named, in messages too. */
export function nameOf({ slug, period }: { slug: string; period: string | null }): string {
  return period === null ? slug : `${slug} ${period}`;
}

/** The content that counts, where one name was used for two. */
function wireOf(row: EventRow, history: readonly Sending[]): WireEvent {
  const sent = history.map(({ wire }) => wire).filter((wire) => wire.event_id === row.eventId);
  const found = sent.find((wire) => payloadHashOf(wire).equals(row.payloadHash)) ?? sent[0];
  if (found === undefined) throw new Error(`${row.eventId} was counted and never sent`);
  return found;
}

function payloadHashOf(wire: WireEvent): Buffer {
  return admitEvent(wire, { tenantId: 'default', mayWriteTo: () => true, receivedAt: Date.UTC(2026, 11) }).identity.payloadHash;
}
