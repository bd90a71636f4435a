import {
  type CairnEvent,
  DEAD_LETTER_STREAM,
  DEAD_LETTER_SUBJECTS,
  decodeEventBatch,
  hashEventId,
  hashIdempotencyKey,
  LOG_STREAM,
  logSubject,
  partitionOf,
} from '@cairn/contracts';
import type { Principal } from '@cairn/runtime';
import { type Database, type FoundEvent, findAuditEntry, findEvent, findIdentities, type IdentityRow, uuidText } from '@cairn/store';
import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { SEARCH_DEAD_LETTERS_MAX, SEARCH_LOG_ENTRIES_MAX } from '../../limits.js';
import type { EvaluatedPositions } from '../../log/EvaluatedPositions.js';
import { readNewest, type Searched } from '../../log/readNewest.js';
import { retractionIdOf } from '../corrections/retractionIdOf.js';
import { type LetterFound, letterOf } from './letterOf.js';

/** Why an event that is asked for is none of the events of the user. */
export type ElsewhereReason =
  | 'other_user'
  | 'duplicate'
  | 'conflict'
  | 'not_evaluated'
  | 'retracted'
  | 'dead_letter'
  | 'not_in_log'
  | 'unknown';

export interface Elsewhere {
  reason: ElsewhereReason;
  detail: string;
  /** As it stands in the log, where it does. */
  event: CairnEvent | null;
  sequence: number | null;
  /** The event that it is a duplicate of, or in conflict with. */
  original: { eventId: string; sequence: number } | null;
}

/** An event of the user that was evaluated, or what became of it instead. */
export type EventPlace = { found: FoundEvent } | { elsewhere: Elsewhere };

export interface EventSearchPorts {
  database: Database;
  nats: NatsConnection;
  positions: EvaluatedPositions;
  /** Of the install. */
  partitions: number;
}

/** A copy of an event in the log. */
interface LogCopy {
  event: CairnEvent;
  sequence: number;
}

/** Finds out what became of an event that somebody has the id of, or the idempotency key. */
export class EventSearch {
  readonly #ports: EventSearchPorts;
  readonly #js: JetStreamClient;

  constructor(ports: EventSearchPorts) {
    this.#ports = ports;
    this.#js = jetstream(ports.nats);
  }

  /** @param of.userIds all that lead to the user: an event stands in the log, and is evaluated, under the id that it came with */
  async find(tenant: Pick<Principal, 'tenantId' | 'tenantKey'>, of: { userIds: readonly string[]; eventId: string }): Promise<EventPlace> {
    const { tenantKey, tenantId } = tenant;
    const { userIds, eventId } = of;
    const hashes = { eventIdHash: hashEventId(eventId), keyHash: hashIdempotencyKey(eventId) };
    const found = await findEvent(this.#ports.database.pool, { tenantKey, ...hashes });
    if (found !== null && userIds.includes(found.userId))
      return found.retractedSeq === null ? { found } : { elsewhere: await this.#retracted(tenant, found) };
    if (found !== null) return { elsewhere: otherUser(found.userId, { event: null, sequence: found.logSeq }) };
    const partitions = new Set(userIds.map((userId) => partitionOf(tenantId, userId, this.#ports.partitions)));
    const subjects = [...partitions].map((partition) => logSubject(partition, tenantId));
    const { copy, searched } = await this.#searchLog(subjects, eventId);
    if (copy !== null) {
      const elsewhere = await this.#judgeCopy(tenant, copy, userIds);
      if (elsewhere !== null) return { elsewhere };
    }
    const letter = await this.#searchLetters(tenantId, eventId);
    return { elsewhere: letter === null ? unknown(copy, searched) : deadLetter(letter, copy) };
  }

  async #retracted(
    { tenantId, tenantKey }: Pick<Principal, 'tenantId' | 'tenantKey'>,
    { logSeq, eventId }: FoundEvent,
  ): Promise<Elsewhere> {
    const auditId = retractionIdOf(tenantId, eventId);
    const audited = await findAuditEntry(this.#ports.database.pool, { tenantKey, auditId });
    const by = audited === null ? '.' : ` by ${audited.actor}: ${audited.reason ?? ''}`;
    return { reason: 'retracted', detail: `It was retracted${by}`, event: null, sequence: logSeq, original: null };
  }

  async #searchLog(subjects: readonly string[], eventId: string): Promise<{ copy: LogCopy | null; searched: Searched }> {
    let copy: LogCopy | null = null;
    const take = ({ data, seq }: { data: Uint8Array; seq: number }): boolean => {
      const event = decodeEventBatch(data).events.find((each) => each.eventId === eventId || each.idempotencyKey === eventId);
      if (event !== undefined) copy = { event, sequence: seq };
      return event !== undefined;
    };
    const searched = await readNewest(this.#js, { stream: LOG_STREAM, subjects, sequencesMax: SEARCH_LOG_ENTRIES_MAX }, take);
    return { copy, searched };
  }

  /** What became of an event that is in the log, but not among the originals; null where that cannot be told from there. */
  async #judgeCopy(
    { tenantId, tenantKey }: Pick<Principal, 'tenantId' | 'tenantKey'>,
    copy: LogCopy,
    userIds: readonly string[],
  ): Promise<Elsewhere | null> {
    const { event, sequence } = copy;
    if (!userIds.includes(event.userId)) return otherUser(event.userId, copy);
    const own = partitionOf(tenantId, event.userId, this.#ports.partitions);
    const positions = await this.#ports.positions.read();
    const evaluated = positions.find(({ partition }) => partition === own)?.lastSeq ?? 0;
    if (sequence > evaluated) return notEvaluated(copy, evaluated);
    const { eventIdHash, keyHash, fingerprint } = event.identity;
    const rows = await findIdentities(this.#ports.database.pool, {
      tenantKey,
      eventIdHashes: [eventIdHash],
      keyHashes: [keyHash],
      fingerprints: [fingerprint],
    });
    const original = rows[0];
    return original === undefined ? null : repeated(copy, original);
  }

  async #searchLetters(tenantId: string, eventId: string): Promise<LetterFound | null> {
    let found: LetterFound | null = null;
    await readNewest(
      this.#js,
      { stream: DEAD_LETTER_STREAM, subjects: [DEAD_LETTER_SUBJECTS], sequencesMax: SEARCH_DEAD_LETTERS_MAX },
      (message) => (found = letterOf(message, { tenantId, eventId })) !== null,
    );
    return found;
  }
}

function otherUser(userId: string, at: { event: CairnEvent | null; sequence: number }): Elsewhere {
  return { ...at, reason: 'other_user', detail: `It belongs to another user, ${userId}.`, original: null };
}

function notEvaluated({ event, sequence }: LogCopy, evaluated: number): Elsewhere {
  const detail = `It was accepted as ${sequence} of the log and is not evaluated yet: the user's partition is at ${evaluated}.`;
  return { event, sequence, reason: 'not_evaluated', detail, original: null };
}

/** A duplicate, or one that is in conflict with the original: see the contract on the identity of events. */
function repeated({ event, sequence }: LogCopy, row: IdentityRow): Elsewhere {
  const original = { eventId: row.eventId, sequence: row.logSeq };
  const hasSameKey = event.identity.keyHash !== null && row.keyHash === uuidText(event.identity.keyHash);
  const shared = hasSameKey ? 'idempotency_key' : 'user, type and source.ref';
  const came = `${row.eventId} (${row.logSeq} of the log) came before it with the same ${shared}`;
  const isConflict = hasSameKey && row.payloadHash !== uuidText(event.identity.payloadHash);
  return isConflict
    ? { event, sequence, original, reason: 'conflict', detail: `${came} and says something else, so this one went to the dead letters.` }
    : { event, sequence, original, reason: 'duplicate', detail: `It is a duplicate: ${came}.` };
}

function deadLetter({ code, error, sequence: letter }: LetterFound, copy: LogCopy | null): Elsewhere {
  const detail = `It is letter ${letter} of the dead letters (${code}): ${error}.`;
  return { event: copy?.event ?? null, sequence: copy?.sequence ?? null, reason: 'dead_letter', detail, original: null };
}

function unknown(copy: LogCopy | null, { from, to }: Searched): Elsewhere {
  const { event = null, sequence = null } = copy ?? {};
  const detail =
    copy === null
      ? `No such event of this user was evaluated, and none is among ${from} to ${to} of the log, nor among the newest dead letters. ` +
        'It was never received, was refused, or was answered as a duplicate of an event that the answer named.'
      : `It is ${copy.sequence} of the log, but was not taken for an event of the user, and is not among the newest dead letters.`;
  return { event, sequence, reason: 'unknown', detail, original: null };
}
