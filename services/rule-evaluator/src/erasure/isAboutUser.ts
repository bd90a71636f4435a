import { DEFAULT_TENANT_ID, HEADER, isJsonObject, realtimeUnlockSubject, tenantOfLogSubject } from '@cairn/contracts';

export interface Message {
  subject: string;
  data: Uint8Array;
  /** The first value of a header. */
  header(this: void, name: string): string | undefined;
  /** All of them, as text. */
  headers: string;
}

/** Whether a message of the public door, or a dead letter, tells of one of these users. What cannot be read does where it names one. */
export function isAboutUser(message: Message, of: { tenantId: string; userIds: readonly string[] }): boolean {
  const { tenantId, userIds } = of;
  if (userIds.some((userId) => message.subject === realtimeUnlockSubject(tenantId, userId))) return true;
  const told = parse(message.data);
  const named = namedTenantOf(message);
  if (isJsonObject(told)) {
    const whose = whoseOf(told);
    if (whose !== null) return userIds.includes(whose.userId) && (named ?? whose.tenantId) === tenantId;
  }
  const binary = message.header('ce-subject');
  if (binary !== undefined)
    return userIds.includes(decoded(binary)) && (named ?? message.header('ce-tenantid') ?? DEFAULT_TENANT_ID) === tenantId;
  if (named !== null && named !== tenantId) return false;
  const text = (told === undefined ? Buffer.from(message.data).toString('utf8') : JSON.stringify(told)) + message.headers;
  return userIds.some((userId) => text.includes(userId) || text.includes(JSON.stringify(userId).slice(1, -1)));
}

/** Of a dead letter; null where it does not say. */
function namedTenantOf({ header }: Message): string | null {
  return header(HEADER.tenant) ?? tenantOfLogSubject(header(HEADER.originSubject) ?? '');
}

/** An unlock, an event, or a CloudEvent in structured mode; null for something else. */
function whoseOf(told: Record<string, unknown>): { userId: string; tenantId: string } | null {
  const actor = isJsonObject(told.actor) ? told.actor : {};
  const userId = told.user_id ?? actor.user_id ?? told.subject;
  const tenantId = told.tenant_id ?? actor.tenant_id ?? told.tenantid ?? DEFAULT_TENANT_ID;
  return typeof userId === 'string' && typeof tenantId === 'string' ? { userId, tenantId } : null;
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8'));
  } catch {
    // Not JSON: it is looked through as it is.
    return undefined;
  }
}

/** Attributes in headers are percent-encoded; what is not well encoded stands for itself. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
