import { decodeControlEntry, decodeEventBatch, isControlSubject, TICK_SUBJECT } from '@cairn/contracts';
import type { StoredMessage } from '../servers/SimulatedStream.js';
import { NaiveAliases } from './NaiveAliases.js';

/** Whether two who are not one, or not any more, had events under one name. */
export function haveSharedNames(log: readonly StoredMessage[]): boolean {
  const aliases = new NaiveAliases();
  const users = new Map<string, string>();
  for (const { subject, written } of log) {
    if (subject === TICK_SUBJECT) continue;
    if (isControlSubject(subject)) {
      const { body } = decodeControlEntry(written);
      if (body.kind === 'users_merged') aliases.merge(body);
      if (body.kind === 'user_erased') aliases.forget(body.userIds);
      continue;
    }
    for (const { eventId, idempotencyKey, userId } of decodeEventBatch(written).events) {
      for (const name of [`event ${eventId}`, ...(idempotencyKey === null ? [] : [`key ${idempotencyKey}`])]) {
        const before = users.get(name) ?? userId;
        if (aliases.userOf(before) !== aliases.userOf(userId)) return true;
        users.set(name, userId);
      }
    }
  }
  return false;
}
