import { DEAD_LETTER_STREAM, HEADER, isJsonObject } from '@cairn/contracts';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type pg from 'pg';
import type { FuzzLedger, SentMessage } from './FuzzLedger.js';

/** What Cairn holds when all is evaluated. */
export interface Outcome {
  events: ReadonlySet<string>;
  /** Identity hashes of the events, in hex: of ids, of keys, and of user, type and reference. */
  hashes: ReadonlySet<string>;
  /** Letters of the NATS door, by subject and sequence of the message: their codes. */
  ofDoor: ReadonlyMap<string, string[]>;
  /** Letters of evaluators, by the id of the event. */
  ofLog: ReadonlyMap<string, string[]>;
}

export async function readOutcome(database: pg.Client, nats: NatsConnection): Promise<Outcome> {
  const { rows } = await database.query<{ id: string; hashes: (string | null)[] }>(
    `SELECT event_id AS id, ARRAY[event_id_hash::text, key_hash::text, fingerprint::text] AS hashes FROM events`,
  );
  const hashes = rows.flatMap((row) => row.hashes.filter((hash) => hash !== null).map((hash) => hash.replaceAll('-', '')));
  return { events: new Set(rows.map(({ id }) => id)), hashes: new Set(hashes), ...(await readLetters(nats)) };
}

async function readLetters(nats: NatsConnection): Promise<Pick<Outcome, 'ofDoor' | 'ofLog'>> {
  const ofDoor = new Map<string, string[]>();
  const ofLog = new Map<string, string[]>();
  const consumer = await jetstream(nats).consumers.get(DEAD_LETTER_STREAM);
  if ((await consumer.info()).num_pending === 0) return { ofDoor, ofLog };
  for await (const message of await consumer.consume()) {
    const header = (name: string): string => message.headers?.get(name) ?? '';
    const isOfLog = header(HEADER.originSubject).startsWith('log.');
    const key = isOfLog ? idOf(message.data) : placeOf(header(HEADER.originSubject), Number(header(HEADER.originSequence)));
    const letters = isOfLog ? ofLog : ofDoor;
    letters.set(key, [...(letters.get(key) ?? []), header(HEADER.errorCode)]);
    if (message.info.pending === 0) break;
  }
  return { ofDoor, ofLog };
}

function idOf(data: Uint8Array): string {
  try {
    const event: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
    return isJsonObject(event) ? String(event['event_id']) : '';
  } catch {
    // An entry of the log that could not be read; nobody sends any here.
    return '';
  }
}

function placeOf(subject: string, sequence: number): string {
  return `${subject}#${sequence}`;
}

/** Whatever was taken has to be applied, a duplicate, or in the dead letters: exactly one of them. And nothing else may be there. */
export function checkOutcome(ledger: FuzzLedger, outcome: Outcome): void {
  const claims = new Map(ledger.accepted);
  for (const message of ledger.messages) {
    const id = message.event?.eventId;
    if (id !== undefined && !message.isReserved && !outcome.ofDoor.has(placeOf(message.subject, message.sequence))) {
      claims.set(id, (claims.get(id) ?? 0) + 1);
    }
  }
  for (const id of ledger.accepted.keys()) checkAccepted(id, { ledger, outcome, claims });
  for (const id of ledger.originals) {
    if (!outcome.events.has(id) && !outcome.ofLog.has(id)) ledger.violation(`a duplicate was answered with ${id}, which is nowhere`);
  }
  for (const id of ledger.refused) if (outcome.events.has(id) && !claims.has(id)) ledger.violation(`${id} was refused, and counts`);
  for (const message of ledger.messages) checkMessage(message, { ledger, outcome, claims });
  for (const id of outcome.events) if (!claims.has(id)) ledger.violation(`${id} counts, and nobody was told so`);
  const places = new Set(ledger.messages.map(({ subject, sequence }) => placeOf(subject, sequence)));
  for (const place of outcome.ofDoor.keys())
    if (!places.has(place)) ledger.violation(`there is a letter about ${place}, which nobody sent`);
}

interface Checking {
  ledger: FuzzLedger;
  outcome: Outcome;
  /** How often each id was taken without a letter of the door. */
  claims: ReadonlyMap<string, number>;
}

function checkAccepted(id: string, { ledger, outcome, claims }: Checking): void {
  const letters = outcome.ofLog.get(id)?.length ?? 0;
  const isApplied = outcome.events.has(id);
  if (!isApplied && letters === 0) ledger.violation(`${id} was accepted, and is lost`);
  if (isApplied && letters > (claims.get(id) ?? 0) - 1) ledger.violation(`${id} counts, and is in the dead letters as well`);
}

function checkMessage({ subject, sequence, event, isReserved }: SentMessage, { ledger, outcome, claims }: Checking): void {
  const place = placeOf(subject, sequence);
  const codes = outcome.ofDoor.get(place) ?? [];
  if (codes.length > 1) ledger.violation(`there are ${codes.length} letters about ${place}`);
  if (isReserved) {
    if (codes.length > 0) ledger.violation(`there is a letter about ${place}, which is Cairn's own`);
    return;
  }
  if (event === null) {
    if (codes.length === 0) ledger.violation(`${place} holds no event, and is in no letter`);
    return;
  }
  const { eventIdHash, keyHash, fingerprint } = event.identity;
  const isKnown = [eventIdHash, keyHash, fingerprint].some((hash) => hash !== null && outcome.hashes.has(hash.toString('hex')));
  const isInLog = isKnown || outcome.ofLog.has(event.eventId);
  if (codes.length === 0 && !isInLog) ledger.violation(`${place} (${event.eventId}) is lost`);
  if (codes.length > 0 && outcome.events.has(event.eventId) && !claims.has(event.eventId)) {
    ledger.violation(`${place} (${event.eventId}) counts, and is in the dead letters as well: ${codes.join(', ')}`);
  }
}

/** Each event of a user has to show in all that is made of it. */
export async function checkUsers(
  database: pg.Client,
  ledger: FuzzLedger,
  progressOf: (user: string) => Promise<number | undefined>,
): Promise<number> {
  const { rows } = await database.query<{ user: string; events: string; earned: string; total: string; last: string | null }>(
    `SELECT u.user_id AS user,
            (SELECT count(*) FROM events e WHERE (e.tenant_key, e.user_key) = (u.tenant_key, u.user_key)) AS events,
            (SELECT count(*) FROM xp_entries x WHERE (x.tenant_key, x.user_key) = (u.tenant_key, u.user_key) AND x.rule_id IS NOT NULL) AS earned,
            (SELECT coalesce(sum(amount), 0) FROM xp_entries x WHERE (x.tenant_key, x.user_key) = (u.tenant_key, u.user_key)) AS total,
            (SELECT total_after FROM xp_entries x WHERE (x.tenant_key, x.user_key) = (u.tenant_key, u.user_key)
              ORDER BY log_seq DESC, ordinal DESC LIMIT 1) AS last
       FROM users AS u WHERE u.kind = 0`,
  );
  for (const { user, events, earned, total, last } of rows) {
    const progress = events === '0' ? 0 : await progressOf(user);
    if (String(progress) !== events || earned !== events || (last ?? '0') !== total) {
      ledger.violation(`${JSON.stringify(user)}: ${events} events, ${progress} counted, ${earned} paid, ${total} XP, ${last} told`);
    }
  }
  return rows.length;
}
