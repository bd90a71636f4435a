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
  /** The place in the entry of the log, of a dead letter that holds one event of many. */
  originIndex: 'Cairn-Origin-Index',
  /** What the door had decided about an event of the log and its JSON does not say. */
  originAdmission: 'Cairn-Origin-Admission',
  /** Of a dead letter: the tenant that it belongs to, where that is certain. */
  tenant: 'Cairn-Tenant',
  /** Of a dead letter: the loop that refused it, where that is not a partition. */
  loop: 'Cairn-Loop',
  /** How often it was put back through its door. */
  redrives: 'Cairn-Redrives',
  /** The newest of those tries, as JSON. */
  redriveHistory: 'Cairn-Redrive-History',
  messageId: 'Nats-Msg-Id',
  ttl: 'Nats-TTL',
} as const;
