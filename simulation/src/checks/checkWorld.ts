import { admitEvent } from '@cairn/contracts';
import { decodeState, progress } from '@cairn/engine';
import type { Answer } from '../processes/SimulatedDoor.js';
import type { Sending, WireEvent } from '../scenario/history.js';
import { naiveOutcome, simulatedCatalogue } from '../scenario/pack.js';
import { type EventRow, type Tables, unlockKey } from '../servers/Tables.js';
import type { World } from '../world/World.js';

export interface Finished {
  world: World;
  history: readonly Sending[];
  answers: readonly (Answer | null | undefined)[];
  /** Whether another version of the pack was published on the way. */
  isPublished: boolean;
  /** What the log alone leads to. */
  rebuilt: Tables;
}

const catalogue = simulatedCatalogue();

/** Everything that is promised, of a world at rest. Answers what does not hold. */
export function checkWorld(finished: Finished): string[] {
  return [
    ...checkFates(finished),
    ...checkUnlocks(finished.world.database.tables),
    ...checkLedger(finished.world.database.tables),
    ...checkCounts(finished),
    ...checkPublished(finished.world),
    ...checkLog(finished.world),
    ...checkRebuilt(finished),
  ];
}

/** Each event that was sent is counted, a repetition of one that is, or refused: exactly one of them. */
function checkFates({ world, history, answers }: Finished): string[] {
  const { events } = world.database.tables;
  const counted = new Map<string, number>();
  for (const { eventId } of events) counted.set(eventId, (counted.get(eventId) ?? 0) + 1);
  const violations = [...counted].filter(([, times]) => times > 1).map(([eventId, times]) => `${eventId} was counted ${times} times`);
  const letters = deadLetterIds(world);
  for (const [i, { over, wire }] of history.entries()) {
    const answer = answers[i];
    const isCounted = counted.has(wire.event_id) || isCountedByAnother(wire, history, counted);
    if (!isCounted) violations.push(`${wire.event_id} (${over}, answered ${answer?.status ?? 'nothing'}) was lost`);
    const variants = variantsOf(wire.event_id, history);
    if (variants === 1 && (answer?.status === 'conflict' || answer?.status === 'rejected'))
      violations.push(`${wire.event_id} was answered ${answer.status} without a reason`);
    if (variants === 1 && letters.has(wire.event_id)) violations.push(`${wire.event_id} is in the dead letters without a reason`);
  }
  return [...violations, ...checkConflicts({ history, answers, letters, counted })];
}

/** Of the contents that one name was used for, one counts; whoever sent another was told, or finds it in the dead letters. */
function checkConflicts(of: {
  history: readonly Sending[];
  answers: Finished['answers'];
  letters: ReadonlySet<string>;
  counted: ReadonlyMap<string, number>;
}): string[] {
  const { history, answers, letters, counted } = of;
  const violations: string[] = [];
  const taken = new Map<string, Set<string>>();
  for (const [i, { wire }] of history.entries()) {
    const { status } = answers[i] ?? { status: null };
    if ((status !== 'accepted' && status !== 'duplicate') || repeatsAnother(wire, history)) continue;
    const contents = taken.get(wire.event_id) ?? new Set();
    taken.set(wire.event_id, contents.add(contentOf(wire)));
  }
  // Two doors at once may accept both: then the evaluator puts one of them into the dead letters. A repetition of another event, by
  // its fingerprint, takes no name.
  for (const [eventId, contents] of taken)
    if (contents.size > 1 && counted.has(eventId) && !letters.has(eventId))
      violations.push(`${eventId} was accepted with ${contents.size} contents, and none is in the dead letters`);
  for (const [i, { over, wire }] of history.entries()) {
    if (over !== 'nats' || variantsOf(wire.event_id, history) === 1) continue;
    const isFirst = history.findIndex((other) => other.wire.event_id === wire.event_id) === i;
    if (!isFirst && answers[i] === undefined) violations.push(`${wire.event_id} over NATS was never acknowledged`);
  }
  return violations;
}

/** By its fingerprint, of an event with another name. */
function repeatsAnother({ event_id: id, source, actor }: WireEvent, history: readonly Sending[]): boolean {
  if (source === undefined) return false;
  return history.some(
    ({ wire: other }) => other.event_id !== id && other.source?.ref === source.ref && other.actor.user_id === actor.user_id,
  );
}

function isCountedByAnother(wire: WireEvent, history: readonly Sending[], counted: ReadonlyMap<string, number>): boolean {
  const { ref } = wire.source ?? {};
  const key = wire.idempotency_key;
  return history.some(({ wire: other }) => {
    const isSame = (ref !== undefined && other.source?.ref === ref) || (key !== undefined && other.idempotency_key === key);
    return isSame && counted.has(other.event_id);
  });
}

function variantsOf(eventId: string, history: readonly Sending[]): number {
  const ofThat = history.filter(({ wire }) => wire.event_id === eventId).map(({ wire }) => wire);
  const keys = new Set(ofThat.map(({ idempotency_key: key }) => key).filter((key) => key !== undefined));
  const related = history.filter(
    ({ wire }) => wire.event_id === eventId || (wire.idempotency_key !== undefined && keys.has(wire.idempotency_key)),
  );
  return new Set(related.map(({ wire }) => contentOf(wire))).size;
}

function contentOf({ event_id: id, actor, properties }: WireEvent): string {
  return `${id} ${actor.user_id} ${properties.colour}`;
}

function deadLetterIds({ nats }: World): Set<string> {
  return new Set(nats.deadLetters.messages.concat(nats.events.messages.filter(({ subject }) => subject.startsWith('dlq.'))).map(idOf));
}

function idOf({ data }: { data: Uint8Array }): string {
  return (JSON.parse(Buffer.from(data).toString('utf8')) as { event_id: string }).event_id;
}

function checkUnlocks({ unlocks }: Tables): string[] {
  const seen = new Set<string>();
  return unlocks.flatMap((row) => {
    const key = unlockKey(row);
    if (seen.has(key)) return [`${key} was unlocked twice`];
    seen.add(key);
    return [];
  });
}

/** Σ ledger = Σ rewards, for each user. */
function checkLedger({ unlocks, xp, userKeys }: Tables): string[] {
  return [...userKeys].flatMap(([userId, userKey]) => {
    const paid = xp.reduce((sum, row) => (row.userKey === userKey ? sum + row.amount : sum), 0);
    const due = unlocks.reduce((sum, row) => (row.userKey === userKey ? sum + row.xpReward : sum), 0);
    return paid === due ? [] : [`${userId} was paid ${paid} XP for rewards of ${due}`];
  });
}

/** States and unlocks are what a naive count of the events says. */
function checkCounts({ world, history, isPublished }: Finished): string[] {
  const { tables } = world.database;
  return [...tables.userKeys].flatMap(([userId, userKey]) => {
    const counted = tables.events.filter((row) => row.userKey === userKey).map((row) => wireOf(row, history));
    const { unlocks, xp } = naiveOutcome(
      counted.map(({ properties }) => properties),
      { isPublished },
    );
    const held = tables.unlocks
      .filter((row) => row.userKey === userKey)
      .map(({ slug, period }) => (period === null ? slug : `${slug} ${period}`));
    const state = tables.states.get(userKey);
    const pairs =
      state === undefined ? 0 : (progress(catalogue, decodeState(state.state), 0).find(({ slug }) => slug === 'pairs')?.value ?? 0);
    const total = tables.xp.reduce((sum, row) => (row.userKey === userKey ? sum + row.amount : sum), 0);
    return [
      ...(pairs === counted.length ? [] : [`${userId} is at ${pairs} of ${counted.length} events`]),
      ...(total === xp ? [] : [`${userId} has ${total} XP instead of ${xp}`]),
      ...[...unlocks].filter((name) => !held.includes(name)).map((name) => `${userId} lacks ${name}`),
      ...held.filter((name) => !unlocks.has(name)).map((name) => `${userId} should not have ${name}`),
    ];
  });
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

/** Each unlock went out, under its one id, and nothing else did. */
function checkPublished({ nats, database }: World): string[] {
  const published = nats.events.messages
    .filter(({ subject }) => subject === 'events.achievement.unlocked')
    .map(({ data }) => (JSON.parse(Buffer.from(data).toString('utf8')) as { unlock_id: string }).unlock_id);
  const ids = database.tables.unlocks.map(({ unlockId }) => uuidOf(unlockId));
  return [
    ...ids.filter((id) => !published.includes(id)).map((id) => `unlock ${id} was never published`),
    ...published.filter((id) => !ids.includes(id)).map((id) => `unlock ${id} was published and does not exist`),
    ...published.filter((id, i) => published.indexOf(id) !== i).map((id) => `unlock ${id} stands in EVENTS twice`),
  ];
}

function uuidOf(unlockId: unknown): string {
  const hex = typeof unlockId === 'string' ? unlockId.replaceAll('-', '') : Buffer.from(unlockId as Uint8Array).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** An entry stands in the log once, however often it was sent. */
function checkLog({ nats }: World): string[] {
  const seen = new Set<string>();
  return nats.log.messages.flatMap(({ sequence, messageId }) => {
    if (messageId === null || !seen.has(messageId)) {
      if (messageId !== null) seen.add(messageId);
      return [];
    }
    return [`entry ${sequence} of the log was there before`];
  });
}

/** The log alone leads to the same, unless two users had events under one name: who of them was the first is known to the live tables alone. */
function checkRebuilt({ world, history, rebuilt }: Finished): string[] {
  const users = new Map<string, string>();
  for (const { wire } of history) {
    for (const name of [wire.event_id, wire.idempotency_key]) {
      if (name !== undefined && (users.get(name) ?? wire.actor.user_id) !== wire.actor.user_id) return [];
      if (name !== undefined) users.set(name, wire.actor.user_id);
    }
  }
  const live = describe(world.database.tables);
  const again = describe(rebuilt);
  return [
    ...live.filter((line) => !again.includes(line)).map((line) => `a rebuild does not have: ${line}`),
    ...again.filter((line) => !live.includes(line)).map((line) => `only a rebuild has: ${line}`),
  ];
}

function describe({ userKeys, events, unlocks, xp }: Tables): string[] {
  const name = new Map([...userKeys].map(([userId, userKey]) => [userKey, userId]));
  return [
    ...events.map(({ eventId, userKey, sequence, index }) => `event ${eventId} of ${name.get(userKey) ?? '?'} at ${sequence}.${index}`),
    ...unlocks.map((row) => `unlock ${uuidOf(row.unlockId)} of ${name.get(row.userKey) ?? '?'} by ${row.causedBy}`),
    ...xp.map(({ userKey, amount, totalAfter, causedBy }) => `${amount} XP to ${totalAfter} of ${name.get(userKey) ?? '?'} by ${causedBy}`),
  ];
}
