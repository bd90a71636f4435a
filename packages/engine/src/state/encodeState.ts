import { ZONE_DATA_VERSION } from '../zones/zoneData.generated.js';
import { AchievementState } from './achievementState.js';
import { ascending } from './ascending.js';
import { ByteReader } from './byteReader.js';
import { ByteWriter } from './byteWriter.js';
import { Consent } from './consent.js';
import { byText } from './heldUnlocks.js';
import { StateFormatError } from './stateFormatError.js';
import { UserState } from './userState.js';

/** The first byte of every encoded state. A new layout gets a new number and the reader keeps the old one. */
const LAYOUT_VERSION = 3;

/** Encoding is not interrupted, so one buffer serves for all. */
const scratch = new ByteWriter();

/**
 * Compact and canonical: equal states give equal bytes, whatever the order that they came about in. The state keeps what it gives,
 * for the next time, so nobody changes the bytes.
 */
export function encodeState(state: UserState): Uint8Array {
  const writer = scratch.begin();
  writer.byte(LAYOUT_VERSION);
  writer.text(ZONE_DATA_VERSION);
  writer.text(state.zone ?? '');
  writer.text(state.tier ?? '');
  state.consent.write(writer);
  writer.number(state.xp);
  state.written.write(writer, state.achievements, state.slugs());
  writer.unsigned(state.earnings.size);
  for (const [rule, periods] of [...state.earnings].sort(byText)) {
    writer.text(rule);
    writeEarnings(writer, periods);
  }
  const bytes = writer.finish();
  state.written.keep(bytes);
  return bytes;
}

/** @throws StateFormatError where the bytes are not those of a state. */
export function decodeState(bytes: Uint8Array): UserState {
  const reader = new ByteReader(bytes);
  readHeader(reader);
  const state = new UserState();
  state.zone = reader.text() || null;
  state.tier = reader.text() || null;
  state.consent = Consent.read(reader);
  state.xp = reader.number();
  for (let count = reader.count(); count > 0; count--) state.achievements.set(reader.text(), AchievementState.read(reader));
  for (let count = reader.count(); count > 0; count--) state.earnings.set(reader.text(), readEarnings(reader));
  if (reader.remaining > 0) throw new StateFormatError('malformed', 'the state goes on after its end');
  return state;
}

/** The release of the zone data that an encoded state was last written with. */
export function zoneDataVersionOf(bytes: Uint8Array): string {
  return readHeader(new ByteReader(bytes));
}

function readHeader(reader: ByteReader): string {
  const version = reader.byte();
  if (version !== LAYOUT_VERSION)
    throw new StateFormatError('unknown_version', `the state has the layout ${String(version)}, and this is ${String(LAYOUT_VERSION)}`);
  return reader.text();
}

function writeEarnings(writer: ByteWriter, periods: ReadonlyMap<number, number>): void {
  writer.unsigned(periods.size);
  let previous = 0;
  for (const [period, earned] of ascending(periods)) {
    writer.signed(period - previous);
    writer.number(earned);
    previous = period;
  }
}

function readEarnings(reader: ByteReader): Map<number, number> {
  const periods = new Map<number, number>();
  let period = 0;
  for (let count = reader.count(); count > 0; count--) {
    period += reader.signed();
    periods.set(period, reader.number());
  }
  return periods;
}
