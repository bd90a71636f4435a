import {
  type CairnEvent,
  deadLetterSubject,
  type ErrorCode,
  encodeLetteredEvent,
  HEADER,
  originAdmissionOf,
  readTries,
  tenantOfLogSubject,
  triesHeaders,
} from '@cairn/contracts';
import { type OutboxRow, TEAMS_PARTITION } from '@cairn/store';
import type { RawEntry } from '../log/EvaluationLog.js';

/** What of an entry of the log cannot be accepted, and why. */
export interface Letter {
  code: ErrorCode;
  message: string;
  /** As it stands in the log. */
  raw: RawEntry;
  /** The event of the entry that it is about; null for the entry as a whole. */
  event: { event: CairnEvent; index: number } | null;
}

/** Header values are one line, and bounded. */
const HEADER_TEXT_CHARACTERS_MAX = 500;

/** A dead letter on its way: with the original, and with all that a redrive needs to put it back into the log. */
export function deadLetterRow({ code, message, raw, event }: Letter, partition: number): OutboxRow {
  const tenantId = tenantOfLogSubject(raw.subject);
  // A team is folded over the same events as their users: whoever redrives has to know for which of the two it failed.
  const isOfTeams = partition === TEAMS_PARTITION && event !== null;
  return {
    subject: deadLetterSubject(code),
    msgId: `log:${raw.sequence}:${event?.index ?? 0}${isOfTeams ? ':teams' : ''}`,
    headers: {
      [HEADER.errorCode]: code,
      [HEADER.error]: oneLine(message),
      [HEADER.originSubject]: raw.subject,
      [HEADER.originSequence]: String(raw.sequence),
      ...(tenantId === null ? {} : { [HEADER.tenant]: tenantId }),
      ...(event === null ? {} : { [HEADER.originIndex]: String(event.index), [HEADER.originAdmission]: originAdmissionOf(event.event) }),
      ...(isOfTeams ? { [HEADER.loop]: 'teams' } : {}),
      ...triesHeaders(readTries((name) => raw.header?.(name))),
    },
    payload: event === null ? raw.data : encodeLetteredEvent(event.event),
  };
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, HEADER_TEXT_CHARACTERS_MAX);
}
