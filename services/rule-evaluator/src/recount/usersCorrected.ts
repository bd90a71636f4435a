import type { ControlBody } from '@cairn/contracts';

/** Those of whom something is changed that events have led to. */
export function usersCorrected(body: ControlBody): readonly string[] {
  switch (body.kind) {
    case 'event_retracted':
    case 'unlock_granted':
    case 'unlock_revoked':
      return [body.userId];
    case 'users_merged':
      return [body.from, body.into];
    case 'user_erased':
      return body.userIds;
    default:
      return [];
  }
}
