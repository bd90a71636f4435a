import { HEADER, hashEventId, isControlSubject } from '@cairn/contracts';
import type { Sending, WireEvent } from '../scenario/history.js';
import type { StoredMessage } from '../servers/SimulatedStream.js';
import type { Tables } from '../servers/Tables.js';
import type { World } from '../world/World.js';
import type { Finished } from './Finished.js';

/** Each event that was sent is counted, a repetition of one that is, or refused: exactly one of them. */
export function checkFates({ world, history, answers }: Finished): string[] {
  const counted = countedTimes(world.database.tables, history);
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

/** By their names; the tables know some by the hash alone. */
function countedTimes({ events }: Tables, history: readonly Sending[]): Map<string, number> {
  const names = new Map(history.map(({ wire: { event_id: id } }) => [hashEventId(id).toString('hex'), id]));
  const counted = new Map<string, number>();
  for (const { eventIdHash } of events) {
    const name = names.get(eventIdHash.toString('hex')) ?? '?';
    counted.set(name, (counted.get(name) ?? 0) + 1);
  }
  return counted;
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
  return `${id} ${actor.user_id} ${actor.team_id ?? ''} ${JSON.stringify(properties)}`;
}

/** The letters of both ways that they go. */
export function deadLettersOf({ nats }: World): readonly StoredMessage[] {
  return nats.deadLetters.messages.concat(nats.events.messages.filter(({ subject }) => subject.startsWith('dlq.')));
}

function deadLetterIds(world: World): Set<string> {
  return new Set(
    deadLettersOf(world)
      .filter((letter) => !isOfEntry(letter))
      .map(idOf),
  );
}

function idOf({ data }: { data: Uint8Array }): string {
  return (JSON.parse(Buffer.from(data).toString('utf8')) as { event_id: string }).event_id;
}

/** Of an entry of the log as a whole, not of an event. */
export function isOfEntry({ headers }: StoredMessage): boolean {
  return headers.has(HEADER.originSubject) && !headers.has(HEADER.originIndex) && isControlSubject(headers.get(HEADER.originSubject) ?? '');
}
