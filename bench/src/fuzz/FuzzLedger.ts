import { type CairnEvent, isReservedType, typeOfEventSubject } from '@cairn/contracts';
import type { FuzzCase, HttpCase, NatsCase, RawCase } from './FuzzCases.js';
import type { HttpAnswer } from './FuzzDoors.js';
import { readMessage } from './readMessage.js';

/** A message that EVENTS took. */
export interface SentMessage {
  sequence: number;
  subject: string;
  /** null where it holds none, so that it has to come to the dead letters. */
  event: Pick<CairnEvent, 'eventId' | 'identity'> | null;
  /** On a subject of Cairn's own: it has to come to nothing at all. */
  isReserved: boolean;
}

interface Result {
  event_id: string | null;
  status: string;
  index?: number;
}

const VIOLATIONS_KEPT_MAX = 50;
const SHOWN_CHARACTERS_MAX = 600;

/** What was sent, what was answered, and whatever should never have been. */
export class FuzzLedger {
  /** How often each id was answered as accepted. */
  readonly accepted = new Map<string, number>();
  /** Ids of the originals that duplicates were answered with. */
  readonly originals = new Set<string>();
  readonly refused = new Set<string>();
  readonly messages: SentMessage[] = [];
  readonly violations: string[] = [];
  readonly counts = new Map<string, number>();

  get violationsFound(): number {
    return this.counts.get('violations') ?? 0;
  }

  violation(what: string, of?: FuzzCase): void {
    this.count('violations');
    if (this.violations.length < VIOLATIONS_KEPT_MAX) this.violations.push(of === undefined ? what : `${what}\n      ${shown(of)}`);
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  answered(sent: HttpCase, { status, body, isSecondTry }: HttpAnswer): void {
    this.count(`http ${status}`);
    if (isSecondTry) this.count('http sent twice');
    if (status >= 500 || status < 200) return this.violation(`answered with ${status}: ${body.slice(0, 300)}`, sent);
    if (sent.method === 'HEAD') return;
    if (status >= 400) return this.#refused(sent, body);
    if (sent.path !== '/v1/events' || sent.method !== 'POST') return;
    const answer = parse(body) as (Result & { results?: Result[] }) | null;
    if (answer === null) return this.violation(`a ${status} whose body is no JSON: ${body.slice(0, 100)}`, sent);
    for (const result of answer.results ?? [answer]) this.#result(sent, result, { isSecondTry });
    this.#checkLength(sent, answer.results);
  }

  message(sent: NatsCase, sequence: number | null): void {
    this.count(sequence === null ? 'nats not taken' : 'nats taken');
    if (sequence === null) return;
    const event = readMessage(sent);
    this.messages.push({
      sequence,
      subject: sent.subject,
      event: event === null ? null : { eventId: event.eventId, identity: event.identity },
      isReserved: isReservedType(typeOfEventSubject(sent.subject)),
    });
  }

  /** Whether a door reads the headers is its own to say; what it makes of it is counted. */
  rawMessage(sent: RawCase, sequence: number | null): void {
    this.count(sequence === null ? 'raw not taken' : 'raw taken');
    if (sequence === null) return;
    const event = readMessage({ door: 'nats', subject: sent.subject, headers: {}, data: sent.data });
    const known = event === null ? null : { eventId: event.eventId, identity: event.identity };
    this.messages.push({
      sequence,
      subject: sent.subject,
      event: known,
      isReserved: isReservedType(typeOfEventSubject(sent.subject)),
    });
  }

  wire(sent: FuzzCase, text: string): void {
    const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'nothing';
    this.count(`wire ${status}`);
    if (status.startsWith('5')) this.violation(`answered with ${text.slice(0, 300)}`, sent);
    // A pipelined or a repeated request may have been a good one.
    for (const [, id] of text.matchAll(/"event_id":"([^"]*)","status":"accepted"/g)) this.#accept(id ?? '');
  }

  #result(sent: HttpCase, { event_id: id, status }: Result, { isSecondTry }: { isSecondTry: boolean }): void {
    this.count(`event ${status}`);
    // The first try may have been taken, though nobody heard of it.
    const isTaken = status === 'accepted' || (status === 'duplicate' && isSecondTry);
    if (isTaken && id !== null) this.#accept(id);
    else if (status === 'duplicate' && id !== null) this.originals.add(id);
    else if (status === 'rejected' || status === 'conflict') {
      if (id !== null) this.refused.add(id);
    } else this.violation(`an event was answered with ${status} of ${id}`, sent);
  }

  #accept(id: string): void {
    this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1);
  }

  #refused(sent: HttpCase, body: string): void {
    const problem = parse(body) as { code?: unknown } | null;
    if (typeof problem?.code !== 'string' && body !== '') this.violation(`a refusal without a code: ${body.slice(0, 100)}`, sent);
    const event = parse(sent.body?.toString('utf8') ?? '') as { event_id?: unknown; id?: unknown } | null;
    for (const id of [event?.event_id, event?.id]) if (typeof id === 'string') this.refused.add(id);
  }

  #checkLength(sent: HttpCase, results: readonly Result[] | undefined): void {
    const events = parse(sent.body?.toString('utf8') ?? '');
    if (results === undefined || !Array.isArray(events)) return;
    const inOrder = results.every(({ index }, i) => index === i);
    if (results.length !== events.length || !inOrder) this.violation(`${results.length} results for ${events.length} events`, sent);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Much of what is sent is none.
    return null;
  }
}

function shown(of: FuzzCase): string {
  const text = JSON.stringify(of, (_name, value: unknown) => {
    const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown };
    return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data as number[]).toString('latin1') : value;
  });
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}… (${text.length} characters)` : text;
}
