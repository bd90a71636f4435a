/** NATS headers that Cairn reads and writes. */
export const HEADER = {
  contentType: 'Content-Type',
  avroFingerprint: 'Avro-Fingerprint',
  errorCode: 'Cairn-Error-Code',
  error: 'Cairn-Error',
  originSubject: 'Cairn-Origin-Subject',
  originSequence: 'Cairn-Origin-Sequence',
  /** Headers of the original message, as JSON, so that a redrive can go back through the same door. */
  originHeaders: 'Cairn-Origin-Headers',
  messageId: 'Nats-Msg-Id',
  ttl: 'Nats-TTL',
} as const;
