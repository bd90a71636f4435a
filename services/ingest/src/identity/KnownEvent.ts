/** An event that was accepted before: what a duplicate of it is answered with. Hashes are 32 hexadecimal digits. */
export interface KnownEvent {
  eventId: string;
  /** Of its entry in the log. */
  sequence: number;
  eventIdHash: string;
  keyHash: string | null;
  fingerprint: string | null;
  payloadHash: string;
}
