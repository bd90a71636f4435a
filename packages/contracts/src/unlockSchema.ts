import { AvroCodec } from './avroRegistry.js';
import type { Revocation, Unlock } from './unlock.js';

const unlocked = new AvroCodec<Unlock>('achievement-unlocked');
const revoked = new AvroCodec<Revocation>('achievement-revoked');

/** Whether a message on events.achievement.unlocked has the shape that schemas/achievement-unlocked.avsc says. */
export function isUnlock(value: unknown): value is Unlock {
  return unlocked.isValid(withTeam(value));
}

export function isRevocation(value: unknown): value is Revocation {
  return revoked.isValid(withTeam(value));
}

/** `team_id` is left out of the JSON where there is none. */
function withTeam(value: unknown): unknown {
  return value !== null && typeof value === 'object' ? { team_id: null, ...value } : value;
}
