import type { ErrorCode } from '@cairn/contracts';

const CORRECT = 'Correct the producer, and let it send the event again; then discard the letter.';
const REDRIVE_AFTER_CHANGE = 'A redrive helps once what refuses it has changed.';

/** What a code means for who finds it among the dead letters, and what to do. */
const ADVICE: Partial<Record<ErrorCode, { meaning: string; advice: string }>> = {
  invalid_json: { meaning: 'The message is no JSON in valid UTF-8.', advice: CORRECT },
  invalid_event: { meaning: 'A field of the event is missing, or is not as it has to be.', advice: CORRECT },
  unknown_field: { meaning: 'The event has a field that Cairn does not know.', advice: CORRECT },
  properties_too_large: { meaning: 'The properties are larger than 8 KiB.', advice: CORRECT },
  properties_too_deep: { meaning: 'The properties are nested more than four deep.', advice: CORRECT },
  forbidden_key: { meaning: 'The properties have a key that is refused for safety.', advice: CORRECT },
  occurred_in_future: {
    meaning: 'The event says that it occurred more than 24 hours after it was received.',
    advice: 'Correct the clock of the producer. Redrive the letter once that time has come, or discard it.',
  },
  reserved_type: { meaning: "The type is one of Cairn's own.", advice: CORRECT },
  schema_mismatch: {
    meaning: 'The properties do not fit the schema that is registered for the type.',
    advice: `${CORRECT} ${REDRIVE_AFTER_CHANGE}`,
  },
  subject_type_mismatch: { meaning: 'The event came on the subject of another type.', advice: CORRECT },
  tenant_forbidden: {
    meaning: 'The event is for a tenant that the NATS door is not open for.',
    advice: 'Open the door for the tenant (CAIRN_NATS_TENANTS) and redrive, or correct the producer and discard.',
  },
  idempotency_conflict: {
    meaning: 'Another event with the same event_id or idempotency_key came before, and said something else. That one stands.',
    advice: 'Where this one is meant to count as well, send it under an id of its own. Then discard the letter: a redrive comes back.',
  },
  invalid_headers: { meaning: 'The headers of the message are none that NATS knows.', advice: CORRECT },
  invalid_cloudevent: { meaning: 'The message is no CloudEvent as version 1.0 has it.', advice: CORRECT },
  invalid_avro: { meaning: 'The bytes do not follow the Avro schema that the message names.', advice: CORRECT },
  unknown_schema: {
    meaning: 'The message names no Avro schema, or one that is not known here.',
    advice: 'Redrive after an upgrade where a newer schema is meant; else correct the producer and discard.',
  },
  event_too_large: { meaning: 'The event is larger than 64 KiB.', advice: CORRECT },
  unsupported_media_type: { meaning: 'The message has a content type that is not read.', advice: CORRECT },
  undecodable_entry: {
    meaning: 'An entry of the log cannot be read. Nothing but Cairn should write there.',
    advice: 'Find out who wrote it. Discard it, unless a later version can read it: then redrive.',
  },
  unfoldable_event: {
    meaning:
      'The event was accepted, and could not be counted: the state of its user is broken, or the database cannot hold what it brings about.',
    advice: 'See the error. Mend what it names (rebuild the state, say), then redrive: the event counts as if it had come late.',
  },
  invalid_pack: {
    meaning: 'A pack in the log does not hold, so it did not take effect.',
    advice: 'Publish a corrected pack, then discard the letter.',
  },
};

const OTHER = { meaning: 'Cairn could not accept it.', advice: `See the error. ${REDRIVE_AFTER_CHANGE}` };

export function letterAdvice(code: string): { meaning: string; advice: string } {
  return (Object.hasOwn(ADVICE, code) ? ADVICE[code as ErrorCode] : undefined) ?? OTHER;
}
