import { AvroCodec } from './avroRegistry.js';

/** An entry of the log that says that time went by, for all tenants: `_` is none. Every partition sees it at the same place in the order. */
export const TICK_SUBJECT = 'log.control._.tick';

/**
 * The instants that have a tick are the multiples of it. Wherever people live, a calendar day begins at one of them: the offsets of all
 * zones are whole quarters of an hour.
 */
export const TICK_MS = 15 * 60 * 1_000;

const codec = new AvroCodec<{ at: number }>('log-tick');

/** @param at epoch milliseconds */
export function encodeTick(at: number): Buffer {
  return codec.encode({ at });
}

/** @returns epoch milliseconds @throws CairnError `undecodable_entry`, `newer_entry` */
export function decodeTick(bytes: Uint8Array): number {
  return codec.decode(bytes).at;
}

/** The tick that was due last at an instant. */
export function tickBefore(instant: number): number {
  return Math.floor(instant / TICK_MS) * TICK_MS;
}

/** What names a tick, whoever appends it. */
export function tickIdOf(at: number): string {
  return `tick:${new Date(at).toISOString()}`;
}
