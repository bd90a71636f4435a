import type { MsgHdrs } from '@nats-io/transport-node';

/** Every header of a message, once for each of its values. */
export function headerEntries(headers: MsgHdrs | undefined): [string, string][] {
  if (headers === undefined) return [];
  const entries: [string, string][] = [];
  for (const name of headers.keys()) {
    for (const value of headers.values(name)) entries.push([name, value]);
  }
  return entries;
}
