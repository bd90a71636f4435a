import { isTenantId } from './identifiers.js';

/** Streams and subjects (contract, section 3; the log's own are internal). */

export const EVENTS_STREAM = 'EVENTS';
export const LOG_STREAM = 'CAIRN_LOG';
export const DEAD_LETTER_STREAM = 'CAIRN_DLQ';
/** What is left of entries of the log of which a part was erased: each is read in the place of the entry. */
export const REDACTED_STREAM = 'CAIRN_REDACTED';

const EVENTS_PREFIX = 'events.';
export const EVENTS_SUBJECTS = 'events.>';
export const LOG_SUBJECTS = 'log.>';
export const LOG_CONTROL_SUBJECTS = 'log.control.>';
export const DEAD_LETTER_SUBJECTS = 'dlq.>';
export const REDACTED_SUBJECTS = 'redacted.>';

export const UNLOCKED_SUBJECT = 'events.achievement.unlocked';
export const REVOKED_SUBJECT = 'events.achievement.revoked';

/** Subjects below `events.` that are Cairn's own: what arrives there is never taken for an event. */
const RESERVED_TYPE_PREFIXES = ['achievement.', 'realtime.'] as const;

export function isReservedType(type: string): boolean {
  return RESERVED_TYPE_PREFIXES.some((prefix) => type.startsWith(prefix));
}

/** `build.succeeded` → `events.build.succeeded` */
export function eventSubject(type: string): string {
  return EVENTS_PREFIX + type;
}

/** `events.build.succeeded` → `build.succeeded` */
export function typeOfEventSubject(subject: string): string {
  return subject.slice(EVENTS_PREFIX.length);
}

/** `*` stands for all partitions. */
export function logSubject(partition: number | '*', tenantId: string): string {
  return `log.${partition}.${tenantId}`;
}

/** All tenants of a partition. */
export function logPartitionSubjects(partition: number): string {
  return `log.${partition}.>`;
}

export function logControlSubject(tenantId: string, kind: string): string {
  return `log.control.${tenantId}.${kind}`;
}

/** Tenants whose entries the loop of the teams asks for by name; where there are more, it reads the whole log and passes over the others. */
const TEAM_TENANTS_NAMED_MAX = 64;

/** What of the log concerns the teams of these tenants, in subjects that do not overlap: every control entry, and their events. */
export function logTeamSubjects(tenantIds: readonly string[]): string[] {
  if (tenantIds.length > TEAM_TENANTS_NAMED_MAX) return [LOG_SUBJECTS];
  return ['log.control.*.*', ...tenantIds.map((tenantId) => logSubject('*', tenantId))];
}

/** The partition of an entry of events. */
export function partitionOfLogSubject(subject: string): number {
  return Number(subject.split('.')[1]);
}

/** `log.3.acme`, `log.control.acme.pack_published` → `acme`; null for what is no subject of the log. */
export function tenantOfLogSubject(subject: string): string | null {
  const [prefix, second, third, fourth, ...rest] = subject.split('.');
  const isLog = prefix === 'log' && rest.length === 0 && (second === 'control') === (fourth !== undefined);
  return isLog && third !== undefined && isTenantId(third) ? third : null;
}

export function isControlSubject(subject: string): boolean {
  return subject.startsWith('log.control.');
}

const LOG_PREFIX = 'log.';
const REDACTED_PREFIX = 'redacted.';

/** Where the rest of an entry of the log stands: `log.3.acme` at 17 → `redacted.3.acme.17`. */
export function redactedSubject(logSubject: string, sequence: number): string {
  return `${REDACTED_PREFIX}${logSubject.slice(LOG_PREFIX.length)}.${sequence}`;
}

/** The rests of all entries on some subjects of the log, wildcards and all. */
export function redactedSubjects(logSubjects: string): string {
  const of = REDACTED_PREFIX + logSubjects.slice(LOG_PREFIX.length);
  return of.endsWith('>') ? of : `${of}.*`;
}

/** Whose rest stands on a subject: the reverse of `redactedSubject`. */
export function entryOfRedacted(subject: string): { subject: string; sequence: number } {
  const end = subject.lastIndexOf('.');
  return { subject: LOG_PREFIX + subject.slice(REDACTED_PREFIX.length, end), sequence: Number(subject.slice(end + 1)) };
}

export function deadLetterSubject(code: string): string {
  return `dlq.${code}`;
}

export function realtimeUnlockSubject(tenantId: string, userId: string): string {
  return `events.realtime.achievement_unlocked.${tenantId}.${encodeUserToken(userId)}`;
}

/** Where an unlock of a team goes out live: `:` stands in no user's token. */
export function realtimeTeamUnlockSubject(tenantId: string, teamId: string): string {
  return `events.realtime.achievement_unlocked.${tenantId}.team:${encodeUserToken(teamId)}`;
}

export function progressSubject(tenantId: string, userId: string): string {
  return `realtime.progress.${tenantId}.${encodeUserToken(userId)}`;
}

const PROGRESS_PREFIX = 'realtime.progress.';
export const PROGRESS_SUBJECTS = `${PROGRESS_PREFIX}>`;

const utf8 = new TextEncoder();
const SUBJECT_SAFE = /^[A-Za-z0-9_-]+$/;

/** A user id as one token of a subject: every byte outside `[A-Za-z0-9_-]` becomes `%XX`. */
export function encodeUserToken(userId: string): string {
  if (SUBJECT_SAFE.test(userId)) return userId;
  let token = '';
  for (const byte of utf8.encode(userId)) {
    const character = String.fromCharCode(byte);
    token += SUBJECT_SAFE.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return token;
}

export function decodeUserToken(token: string): string {
  return decodeURIComponent(token);
}
