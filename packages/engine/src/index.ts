export { changesConsent } from './builtInEvents.js';
export { isBuiltIn } from './builtInTypes.js';
export type { ByHand, Occasion } from './byHand.js';
export { Catalogue, type CatalogueContents, type PublishPoint } from './catalogue/catalogue.js';
export type { PublishChange, PublishPlan } from './catalogue/planPublish.js';
export type { PublishedPack } from './catalogue/publishedPack.js';
export type { PublishedDefinition } from './catalogue/rule.js';
export { DEFAULT_SETTINGS, DEFAULT_TIER_ORDER, type TenantSettings } from './catalogue/tenantSettings.js';
export { type Effects, EVIDENCE_MAX, type RevocationEffect, type UnlockEffect, type XpEffect } from './effects.js';
export type { EngineEvent, EventSource } from './engineEvent.js';
export { type ExplainFrom, explain } from './explain/explain.js';
export {
  type BlockedBy,
  type CountedEvent,
  type CrossedThreshold,
  type DoneByHand,
  EVENTS_LISTED_MAX,
  type EventOutcome,
  type Explanation,
  type NotCountedEvent,
  type NotCountedReason,
} from './explain/explanation.js';
export { type ProgressItem, progress, progressOf } from './explain/progress.js';
export type { RecordedUnlock } from './explain/recordedUnlock.js';
export { fold } from './fold.js';
export { grant } from './grant.js';
export { heldKeys, xpOf } from './heldKeys.js';
export { type ExistingUnlock, holdUnlocks, type UnlockKey } from './holdUnlocks.js';
export { type MergedUnlock, type MergedUsers, mergeUsers } from './merge/mergeUsers.js';
export type {
  AchievementDefinition,
  AchievementsCriteria,
  CalendarWindow,
  ChecklistCriteria,
  CountCriteria,
  Criteria,
  EventMatcher,
  Level,
  ManualCriteria,
  OnPublish,
  Pack,
  Rank,
  Rarity,
  RatioCriteria,
  Repeat,
  RollingWindow,
  Scope,
  SequenceCriteria,
  Step,
  StreakCriteria,
  StreakUnit,
  ValueCriteria,
  Weekday,
  Window,
  XpCap,
  XpCriteria,
  XpRule,
} from './packs/pack.js';
export { parsePack } from './packs/parsePack.js';
export { Preview, type PreviewOptions } from './preview/preview.js';
export type {
  AchievementPreview,
  LevelPreview,
  PreviewedUnlock,
  PreviewReport,
  PreviewWarning,
  PreviewWarningCode,
  Reach,
  SampledCount,
  XpPreview,
} from './preview/previewReport.js';
export { recheck } from './recheck.js';
export { mergeInOrder } from './recount/mergeInOrder.js';
export { mergeRecount, type Recount } from './recount/mergeRecount.js';
export {
  affectedBy,
  isMeasuredBy,
  type PendingRecount,
  type RecountCatalogues,
  recountCatalogues,
  withoutPending,
} from './recount/pendingRecount.js';
export { recountCatalogue } from './recount/recountCatalogue.js';
export type {
  LivedBefore,
  LivedSince,
  MergedRecount,
  Moment,
  PlacedEffects,
  RecountMerge,
  RecountPhase,
} from './recount/recountMerge.js';
export type { LogPlace } from './recount/recountStep.js';
export { concernsRecount, Scratch } from './recount/scratch.js';
export { isRecheckDueAt, type WorkOfPublication, workOfPublication } from './recount/workOfPublication.js';
export type { Issue, Result } from './result.js';
export { RetractedHistory, slugsConcernedBy } from './retract/RetractedHistory.js';
export { type Retraction, retract } from './retract/retract.js';
export type { CountedVersions } from './retract/VersionPhases.js';
export { revoke } from './revoke.js';
export { type SpecifiedEvent, type SpecifiedOutcome, specification } from './specification.js';
export { decodeState, encodeState, zoneDataVersionOf } from './state/encodeState.js';
export { mergeStates } from './state/mergeStates.js';
export { StateFormatError } from './state/stateFormatError.js';
export { emptyState, type UserState } from './state/userState.js';
export { decodeTeamState, encodeTeamState } from './teams/encodeTeamState.js';
export { foldMember } from './teams/foldMember.js';
export { concernsTeam, foldTeam } from './teams/foldTeam.js';
export { MemberChoices } from './teams/MemberChoices.js';
export { mergeTeamRecount } from './teams/mergeTeamRecount.js';
export { RetractedTeamHistory, teamSlugsConcernedBy } from './teams/RetractedTeamHistory.js';
export { recheckTeam } from './teams/recheckTeam.js';
export { retractFromTeam } from './teams/retractFromTeam.js';
export { lapsedBetween } from './time/lapsedBetween.js';
export { lapsesAt } from './time/lapsesAt.js';
export { shownAt } from './time/shownAt.js';
export { ZONE_DATA_VERSION } from './zones/zoneData.generated.js';
export { isKnownZone } from './zones/zones.js';
