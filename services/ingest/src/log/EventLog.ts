/** The log that Cairn's state is a fold over: a port. */
export interface EventLog {
  /**
   * Appends one entry; resolves with its sequence once it is durable. The same bytes within two minutes are the same entry.
   * @throws CairnError `unavailable` where it is not known to be there.
   */
  append(subject: string, entry: Uint8Array): Promise<number>;
}
