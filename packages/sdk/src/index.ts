export type {
  AchievementPreview,
  BlockedBy,
  CatalogueItem,
  CrossedThreshold,
  Erasure,
  EventOutcome,
  EventRefusal,
  EventResult,
  EventTypeItem,
  Explanation,
  HandChange,
  PackChange,
  PackDiff,
  PackList,
  PackPreview,
  Page,
  ProgressItem,
  ProgressReport,
  PublishedPack,
  Reach,
  RetractionResult,
  SampledCount,
  SentEvent,
  ServerStatus,
  UserMergeResult,
  XpEntry,
  XpReport,
} from './answers.js';
export {
  type CairnClient,
  type CallOptions,
  type ClientOptions,
  createClient,
  type EventToSend,
  type GrantTarget,
  type SendOptions,
} from './client.js';
export { createEventId } from './createEventId.js';
export type {
  DeadLetter,
  DeadLetterChoice,
  DeadLetterCode,
  DeadLetterDetail,
  DeadLetterOutcome,
  DeadLetters,
} from './deadLetters.js';
export {
  CairnApiError,
  CairnUnreachableError,
  type ClientErrorCode,
  EvaluationStalledError,
  isCairnApiError,
  isUnreachable,
} from './errors.js';
export type { StreamMessage, StreamOptions } from './followStream.js';
export type { PreviewOptions } from './previewPack.js';
export type { RetryPolicy } from './retryPolicy.js';
export type { TenantHistory, TenantMerge, TenantMergeResult, Tenants } from './tenants.js';
export type { Fetch } from './transport.js';
export type { WaitOptions } from './waitUntilEvaluated.js';
