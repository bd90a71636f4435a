import { type Catalogue, emptyState, fold, type UserState } from '@cairn/engine';
import { makeEvent } from './makeEvent.js';

/** Where people work, so that their days begin and end at different times. */
const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'America/Los_Angeles', 'Asia/Tokyo', 'Australia/Sydney'];

/** The states of users who have said what time zone they are in, and done nothing else. */
export function standardStates(catalogue: Catalogue, users: number): UserState[] {
  return Array.from({ length: users }, (_, user) => {
    const state = emptyState();
    const propertiesJson = JSON.stringify({ timezone: ZONES[user % ZONES.length] });
    fold(catalogue, state, makeEvent({ i: user, user, type: 'profile.updated', occurredAt: 0, propertiesJson }));
    return state;
  });
}
