import { isRevocation, isUnlock, REVOKED_SUBJECT, type Revocation, type Unlock } from '@cairn/contracts';

/** An unlock or a revocation as it stands in the stream: decoded once, sent to many readers. */
export interface StreamedUnlock {
  /** Its sequence in the stream: what a reader resumes by. */
  sequence: number;
  kind: 'unlock' | 'revoke';
  unlockId: string;
  tenantId: string;
  /** null for a team. */
  userId: string | null;
  /** null for a user. */
  teamId: string | null;
  backfilled: boolean;
  /** The message as it came: one JSON document. */
  json: string;
}

const utf8 = new TextDecoder();

/** @returns null where the message is not what its subject says; such a message has no reader. */
export function decodeStreamedUnlock(message: { subject: string; seq: number; data: Uint8Array }): StreamedUnlock | null {
  const json = utf8.decode(message.data);
  const revoked = message.subject === REVOKED_SUBJECT;
  const body = parse(json, revoked ? isRevocation : isUnlock);
  if (body === null) return null;
  return {
    sequence: message.seq,
    kind: revoked ? 'revoke' : 'unlock',
    unlockId: body.unlock_id,
    tenantId: body.tenant_id,
    userId: body.user_id,
    teamId: body.team_id ?? null,
    backfilled: body.backfilled,
    json,
  };
}

function parse(json: string, isExpected: (value: unknown) => value is Unlock | Revocation): Unlock | Revocation | null {
  try {
    const value: unknown = JSON.parse(json);
    return isExpected(value) ? value : null;
  } catch {
    return null;
  }
}
