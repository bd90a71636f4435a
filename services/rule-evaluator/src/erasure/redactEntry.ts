import {
  type CairnEvent,
  type ControlEntry,
  decodeControlEntry,
  decodeEventBatch,
  encodeControlEntry,
  encodeEventBatch,
  eraseEvent,
  isCairnError,
  isControlSubject,
} from '@cairn/contracts';

export interface RedactionOf {
  userIds: ReadonlySet<string>;
  /** Which of these events of theirs, by the index in the entry, were taken. */
  findTaken(events: ReadonlyMap<number, CairnEvent>): Promise<ReadonlySet<number>>;
}

export interface Redacted {
  /** What is left of the entry; empty where that is nothing. */
  rest: Buffer;
  /** A team had a part of what was erased. */
  isOfTeam: boolean;
}

const NOTHING = Buffer.alloc(0);

/** What is left of an entry of the log without some users; null where it says nothing of them. */
export async function redactEntry(entry: { subject: string; data: Uint8Array }, of: RedactionOf): Promise<Redacted | null> {
  // Nothing was left of it before.
  if (entry.data.length === 0) return null;
  try {
    return isControlSubject(entry.subject)
      ? redactControl(decodeControlEntry(entry.data), of.userIds)
      : await redactEvents(decodeEventBatch(entry.data), of);
  } catch (error) {
    if (!isCairnError(error) || error.code !== 'undecodable_entry') throw error;
    // It names them, and nobody could ever read more of it.
    return { rest: NOTHING, isOfTeam: false };
  }
}

async function redactEvents(
  { tenantId, events }: { tenantId: string; events: readonly CairnEvent[] },
  { userIds, findTaken }: RedactionOf,
): Promise<Redacted | null> {
  const theirs = new Map([...events.entries()].filter(([, event]) => userIds.has(event.userId)));
  if (theirs.size === 0) return null;
  const taken = await findTaken(theirs);
  const rest = events.map((event, index) => (theirs.has(index) ? eraseEvent(event, { keepsIdentity: taken.has(index) }) : event));
  return { rest: encodeEventBatch({ tenantId, events: rest }), isOfTeam: [...theirs.values()].some(({ teamId }) => teamId !== null) };
}

function redactControl(control: ControlEntry, userIds: ReadonlySet<string>): Redacted | null {
  if (!namedIn(control).some((userId) => userIds.has(userId))) return null;
  const { body } = control;
  // That somebody was erased at this place stays.
  const rest = body.kind === 'user_erased' ? encodeControlEntry({ ...control, body: { ...body, userIds: [] } }) : NOTHING;
  return { rest, isOfTeam: false };
}

/** Whom a control entry is about. */
function namedIn({ body }: ControlEntry): readonly string[] {
  switch (body.kind) {
    case 'unlock_granted':
    case 'unlock_revoked':
    case 'event_retracted':
      return [body.userId];
    case 'user_erased':
      return body.userIds;
    case 'users_merged':
      return [body.from, body.into];
    case 'pack_published':
    case 'tenant_configured':
    case 'tenant_merged':
    case 'team_unlock_granted':
    case 'team_unlock_revoked':
      return [];
  }
}
