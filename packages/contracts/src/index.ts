export { type Admission, admitEvent } from './admission.js';
export { canonicalJson } from './canonicalJson.js';
export {
  CLOUDEVENT_BATCH_MEDIA_TYPE,
  CLOUDEVENT_MEDIA_TYPE,
  cloudEventAttributes,
  fromBinaryCloudEvent,
  fromCloudEvent,
} from './cloudEvents.js';
export {
  type ControlBody,
  type ControlEntry,
  decodeControlEntry,
  encodeControlEntry,
  type HowGranted,
  type TeamUnlockTarget,
  type UnlockTarget,
} from './controlEntry.js';
export { eraseEvent, isErasedEvent, keepsIdentity } from './erasedEvent.js';
export {
  CairnError,
  ERROR_STATUS,
  type ErrorCode,
  type FieldError,
  isCairnError,
  PROBLEM_MEDIA_TYPE,
  type ProblemDetails,
  toProblem,
} from './errors.js';
export {
  type CairnEvent,
  type EventIdentity,
  type EventSource,
  PLATFORMS,
  type Platform,
  type WireEvent,
} from './event.js';
export {
  decodeEventBatch,
  type EventBatch,
  encodeEventBatch,
} from './eventBatch.js';
export { eventIdInMergedTenant, eventOfMergedTenant } from './eventOfMergedTenant.js';
export {
  type FailedTry,
  LETTER_ERROR_CHARACTERS_MAX,
  readTries,
  TRIES_KEPT_MAX,
  type Tries,
  triesHeaders,
} from './failedTries.js';
export { HEADER } from './headers.js';
export {
  DEFAULT_TENANT_ID,
  EVENT_TYPE_PATTERN,
  isEventId,
  isEventType,
  isSlug,
  isTenantId,
  isUserId,
  SLUG_PATTERN,
  TENANT_ID_PATTERN,
} from './identifiers.js';
export { deriveEventId, deriveUnlockId, deriveXpEntryId, hashEventId, hashIdempotencyKey } from './identity.js';
export { formatInstant, isInstant, parseInstant } from './instant.js';
export { isJsonObject } from './isJsonObject.js';
export { decodeLetteredEvent, encodeLetteredEvent, originAdmissionOf } from './letteredEvent.js';
export {
  BATCH_EVENTS_MAX,
  BODY_BYTES_MAX,
  EVENT_BYTES_MAX,
  EVIDENCE_EVENTS_MAX,
  IDEMPOTENCY_KEY_CHARACTERS_MAX,
} from './limits.js';
export { matchesSubject } from './matchesSubject.js';
export { PackedIdentity } from './PackedIdentity.js';
export { PARTITIONS_DEFAULT, partitionOf } from './partition.js';
export { plainIssue } from './plainIssue.js';
export {
  AVRO_MEDIA_TYPE,
  decodeProducerAvro,
  producerSchemaFingerprints,
} from './producerAvro.js';
export {
  DEAD_LETTER_STREAM,
  DEAD_LETTER_SUBJECTS,
  deadLetterSubject,
  decodeUserToken,
  EVENTS_STREAM,
  EVENTS_SUBJECTS,
  encodeUserToken,
  entryOfRedacted,
  eventSubject,
  isControlSubject,
  isReservedType,
  LOG_CONTROL_SUBJECTS,
  LOG_STREAM,
  LOG_SUBJECTS,
  logControlSubject,
  logPartitionSubjects,
  logSubject,
  logTeamSubjects,
  PROGRESS_SUBJECTS,
  partitionOfLogSubject,
  progressSubject,
  REDACTED_STREAM,
  REDACTED_SUBJECTS,
  REVOKED_SUBJECT,
  realtimeTeamUnlockSubject,
  realtimeUnlockSubject,
  redactedSubject,
  redactedSubjects,
  tenantOfLogSubject,
  typeOfEventSubject,
  UNLOCKED_SUBJECT,
} from './subjects.js';
export { decodeTick, encodeTick, TICK_MS, TICK_SUBJECT, tickBefore, tickIdOf } from './tick.js';
export { toWireEvent } from './toWireEvent.js';
export type { ProgressUpdate, Revocation, Unlock } from './unlock.js';
export { isRevocation, isUnlock } from './unlockSchema.js';
export { wireEventSchema } from './wireEventSchema.js';
