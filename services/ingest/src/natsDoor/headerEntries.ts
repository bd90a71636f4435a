import type { MsgHdrs } from '@nats-io/transport-node';

/** Every header of a message, once for each of its values. */
export function headerEntries(headers: MsgHdrs | undefined): [string, string][] {
  if (headers === undefined) return [];
  return headers.keys().flatMap((name) => headers.values(name).map((value): [string, string] => [name, value]));
}
