import { ByteReader } from '../state/byteReader.js';
import { ByteWriter } from '../state/byteWriter.js';
import { decodeState, encodeState } from '../state/encodeState.js';
import { byText } from '../state/heldUnlocks.js';
import { StateFormatError } from '../state/stateFormatError.js';
import type { UserState } from '../state/userState.js';
import { evidenceKey } from '../unlock.js';

/** The first byte of every encoded state of a team. */
const TEAM_LAYOUT_VERSION = 2;

/** Encoding is not interrupted, so one buffer serves for all. */
const scratch = new ByteWriter();

/**
 * A state as `encodeState` writes it, and behind it the ids of the newest events that counted: at most 20 for each achievement and
 * period that still counts. Canonical as that is.
 */
export function encodeTeamState(state: UserState): Uint8Array {
  const bytes = encodeState(state);
  forgetSpentEvidence(state);
  const writer = scratch.begin();
  writer.byte(TEAM_LAYOUT_VERSION);
  writer.bytes(bytes);
  const evidence = [...(state.evidence ?? [])].sort(byText);
  writer.unsigned(evidence.length);
  for (const [key, eventIds] of evidence) {
    writer.text(key);
    writer.unsigned(eventIds.length);
    for (const eventId of eventIds) writer.text(eventId);
  }
  return writer.finish();
}

/** @throws StateFormatError where the bytes are not those of a team's state. */
export function decodeTeamState(bytes: Uint8Array): UserState {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== TEAM_LAYOUT_VERSION) {
    const message = `the state of the team has the layout ${String(version)}, and this is ${String(TEAM_LAYOUT_VERSION)}`;
    throw new StateFormatError('unknown_version', message);
  }
  const state = decodeState(reader.bytes());
  state.evidence = new Map();
  for (let keys = reader.count(); keys > 0; keys--) {
    const key = reader.text();
    const eventIds: string[] = [];
    for (let count = reader.count(); count > 0; count--) eventIds.push(reader.text());
    state.evidence.set(key, eventIds);
  }
  if (reader.remaining > 0) throw new StateFormatError('malformed', 'the state of the team goes on after its end');
  return state;
}

/** What has unlocked for good and keeps no counts needs no evidence either. */
function forgetSpentEvidence({ achievements, evidence }: UserState): void {
  if (evidence === null || evidence.size === 0) return;
  const counting = new Set<string>();
  for (const [slug, { lifetime, periods }] of achievements) {
    if (lifetime !== null) counting.add(evidenceKey(slug, null));
    for (const period of periods.keys()) counting.add(evidenceKey(slug, period));
  }
  for (const key of evidence.keys()) if (!counting.has(key)) evidence.delete(key);
}
