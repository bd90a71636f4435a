/** An event that was accepted before: what a duplicate of it is answered with. Hashes as `hashText` has them. */
export interface KnownEvent {
  eventId: string;
  /** Of its entry in the log. */
  sequence: number;
  eventIdHash: string;
  keyHash: string | null;
  fingerprint: string | null;
  payloadHash: string;
}
