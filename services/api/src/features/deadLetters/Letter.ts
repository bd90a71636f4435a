import { HEADER, isJsonObject, readTries, type Tries } from '@cairn/contracts';
import type { StoredMsg } from '@nats-io/jetstream';

/** What could not be accepted, with all that is known of it. */
export interface Letter {
  /** Its place among the dead letters: what it is called by. */
  id: number;
  /** When it was written: epoch milliseconds. */
  at: number;
  code: string;
  error: string;
  /** Where it came in; empty where that is not known. */
  subject: string;
  /** Its place in the stream of that subject. */
  originSequence: number | null;
  /** Its place in an entry of the log, for one event of it. */
  originIndex: number | null;
  /** null: not known, or not certain. */
  tenantId: string | null;
  /** Refused by the loop of the teams: it has counted for its user. */
  isOfTeams: boolean;
  tries: Tries;
  /** Those of the message that came in; null where they are not in the letter. */
  originHeaders: Readonly<Record<string, readonly string[]>> | null;
  originAdmission: string | undefined;
  data: Uint8Array;
}

export function readLetter({ seq, time, header, data }: StoredMsg): Letter {
  const value = (name: string): string | undefined => (header.has(name) ? header.get(name) : undefined);
  return {
    id: seq,
    at: time.getTime(),
    code: value(HEADER.errorCode) ?? 'internal',
    error: value(HEADER.error) ?? '',
    subject: value(HEADER.originSubject) ?? '',
    originSequence: placeOf(value(HEADER.originSequence)),
    originIndex: placeOf(value(HEADER.originIndex)),
    tenantId: value(HEADER.tenant) ?? null,
    isOfTeams: value(HEADER.loop) === 'teams',
    tries: readTries(value),
    originHeaders: headersOf(value(HEADER.originHeaders)),
    originAdmission: value(HEADER.originAdmission),
    data,
  };
}

function placeOf(text: string | undefined): number | null {
  const place = Number(text ?? '');
  return text !== undefined && text !== '' && Number.isSafeInteger(place) && place >= 0 ? place : null;
}

function headersOf(text: string | undefined): Record<string, string[]> | null {
  let headers: unknown;
  try {
    headers = JSON.parse(text ?? '');
  } catch {
    // A letter whose bytes left no room for them.
    return null;
  }
  if (!isJsonObject(headers)) return null;
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [
      name,
      Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [],
    ]),
  );
}
