import { createHash } from 'node:crypto';

/** What of a token is stored and searched for. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
