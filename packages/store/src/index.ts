export type { PackedHashes, Uuid } from './binaryArrays.js';
export { classify } from './classify.js';
export type { PipelineOptions } from './connectWithPlans.js';
export { type Database, type DatabaseOptions, openDatabase } from './Database.js';
export { ERASURE_STEPS, type Erasure, type ErasureStep } from './erasures/Erasure.js';
export { eraseTraces } from './erasures/eraseTraces.js';
export { type ErasuresQuery, findErasures } from './erasures/findErasures.js';
export { isErasureUnderWay } from './erasures/isErasureUnderWay.js';
export { isPastEverywhere } from './erasures/isPastEverywhere.js';
export { nextErasure } from './erasures/nextErasure.js';
export { noteErasure } from './erasures/noteErasure.js';
export { type ErasureRequest, requestErasure } from './erasures/requestErasure.js';
export { type ErasureAnswer, requestErasureEverywhere } from './erasures/requestErasureEverywhere.js';
export { vacuumErased } from './erasures/vacuumErased.js';
export { analyzeGeneration } from './generations/analyzeGeneration.js';
export { COMPARED_TABLES, type ComparedTable } from './generations/comparedTables.js';
export { createGeneration } from './generations/createGeneration.js';
export { diffTable, type RowAsJson, type RowDifference } from './generations/diffTable.js';
export { digestTable } from './generations/digestTable.js';
export { dropGeneration } from './generations/dropGeneration.js';
export { fencePartitions } from './generations/fencePartitions.js';
export { findGeneration, type GenerationPurpose } from './generations/findGeneration.js';
export { forgetProgress } from './generations/forgetProgress.js';
export { type GenerationNames, generationNames, urlOfSchema } from './generations/generationNames.js';
export { type GenerationPositions, generationPositions } from './generations/generationPositions.js';
export { holdPartitions } from './generations/holdPartitions.js';
export { markSilent } from './generations/markSilent.js';
export { openSnapshot } from './generations/openSnapshot.js';
export { type HolderRow, otherHolders } from './generations/otherHolders.js';
export { putInPlace } from './generations/putInPlace.js';
export { putTenantInPlace } from './generations/putTenantInPlace.js';
export { sameMigrations } from './generations/sameMigrations.js';
export { giveBackReplayLock, tryReplayLock } from './generations/tryReplayLock.js';
export { usersOfKeys } from './generations/usersOfKeys.js';
export type { Advance } from './hot/advancePartitions.js';
export {
  BATCH_ROWS_MAX,
  type CommittedBatch,
  type ErasureRow,
  EVIDENCE_MAX,
  EVIDENCE_SCAN_MAX,
  type EvaluationBatch,
  type EventColumns,
  type EventMoveRow,
  type EvidenceFromMatches,
  emptyEventColumns,
  type MatchRow,
  ORDINALS_PER_EVENT,
  type OutboxRow,
  type PayloadAroundEvidence,
  type RecountChange,
  type RecountRow,
  type Restoration,
  type RetractionRow,
  type RevocationRow,
  type UnlockRewriteRow,
  type UnlockRow,
  type UserStateRow,
  type XpRow,
  type XpTotalRow,
} from './hot/EvaluationBatch.js';
export { inTransaction } from './inTransaction.js';
export { KeptConnection } from './KeptConnection.js';
export { type MigrateOptions, migrate, SERVER_VERSION_MIN } from './migrate.js';
export { nobodyOf, partitionOfNobody } from './nobodyOf.js';
export { openPipeline } from './openPipeline.js';
export { openRehearsal, REHEARSAL_EPOCH } from './openRehearsal.js';
export { type AcquireOptions, acquirePartitions, type OwnedPartition } from './operations/acquirePartitions.js';
export { addEventTypes, EVENT_TYPES_KEPT_MAX, type EventTypeRow } from './operations/addEventTypes.js';
export { addUserAlias, type UserAlias } from './operations/addUserAlias.js';
export { advancePosition } from './operations/advancePosition.js';
export { aliasesAmong } from './operations/aliasesAmong.js';
export { aliasesState } from './operations/aliasesState.js';
export { catalogueSequence } from './operations/catalogueSequence.js';
export { commitBatch, commitBatches } from './operations/commitBatch.js';
export { countForwards } from './operations/countForwards.js';
export { countUserAliases } from './operations/countUserAliases.js';
export { countUserEvents } from './operations/countUserEvents.js';
export { countUsers } from './operations/countUsers.js';
export { countUserUnlocks } from './operations/countUserUnlocks.js';
export { createToken, type NewToken } from './operations/createToken.js';
export { deleteOutbox } from './operations/deleteOutbox.js';
export { deleteProgress } from './operations/deleteProgress.js';
export { deleteUserAliases, type ForgottenAliases } from './operations/deleteUserAliases.js';
export { ensureTenant } from './operations/ensureTenant.js';
export { type ExistingUnlock, existingUnlocks } from './operations/existingUnlocks.js';
export { existingXpEntries } from './operations/existingXpEntries.js';
export { findAuditEntry } from './operations/findAuditEntry.js';
export { type FoundEvent, findEvent } from './operations/findEvent.js';
export { findIdentities, type IdentityQuery, type IdentityRow } from './operations/findIdentities.js';
export { findOriginals, type OriginalRow } from './operations/findOriginals.js';
export { findTenant, type Tenant } from './operations/findTenant.js';
export { findToken, type TokenGrant } from './operations/findToken.js';
export { findUnlock } from './operations/findUnlock.js';
export { findUserAlias } from './operations/findUserAlias.js';
export { type FirstUnlock, firstUnlocks } from './operations/firstUnlocks.js';
export { hasUsers } from './operations/hasUsers.js';
export { heartbeat } from './operations/heartbeat.js';
export { type AuditEntry, insertAudit } from './operations/insertAudit.js';
export { isMigrated } from './operations/isMigrated.js';
export { type LapsedPlace, type LapsedProgress, lapsedProgress } from './operations/lapsedProgress.js';
export { lastTick } from './operations/lastTick.js';
export { leaveEvaluators } from './operations/leaveEvaluators.js';
export { type AchievementVersion, listAchievementVersions } from './operations/listAchievementVersions.js';
export { listAllAliases } from './operations/listAllAliases.js';
export { listEventTypes } from './operations/listEventTypes.js';
export { type HandChangeEntry, type HandChangesQuery, listHandChanges } from './operations/listHandChanges.js';
export { listRecounts, type PendingRecountRow } from './operations/listRecounts.js';
export { listTeams } from './operations/listTeams.js';
export { type ListedTenant, listTenants, listTenantsAt } from './operations/listTenants.js';
export { type ListedUnlock, listTenantUnlocks, listUserUnlocks, type UnlockCursor } from './operations/listUnlocks.js';
export { listUserAliases } from './operations/listUserAliases.js';
export { listUserKeys } from './operations/listUserKeys.js';
export { listUserStates } from './operations/listUserStates.js';
export { type ListedXpEntry, listXpEntries, type XpCursor } from './operations/listXpEntries.js';
export { type LivedEntryRow, type LivedUnlockRow, livedSince } from './operations/livedSince.js';
export { type CatalogueAt, type DefinitionRow, loadCatalogue, type PackRow } from './operations/loadCatalogue.js';
export { type LoadedUser, loadUsers } from './operations/loadUsers.js';
export { namesOfUser } from './operations/namesOfUser.js';
export { noteRecountRead } from './operations/noteRecountRead.js';
export { noteTick } from './operations/noteTick.js';
export { noteTokenUse } from './operations/noteTokenUse.js';
export { type PartitionPosition, partitionPositions } from './operations/partitionPositions.js';
export { projectionPosition } from './operations/projectionPosition.js';
export { type ProgressToKeep, pruneProgress } from './operations/pruneProgress.js';
export { type Publication, type PublishedVersion, publishDefinitions } from './operations/publishDefinitions.js';
export { readProgress } from './operations/readProgress.js';
export { readUserState, type UserStateAt } from './operations/readUserState.js';
export { readUserStates, type StoredUserState } from './operations/readUserStates.js';
export { releasePartitions } from './operations/releasePartitions.js';
export { resolveUser } from './operations/resolveUser.js';
export { revokeToken } from './operations/revokeToken.js';
export { setTenantSettings, type TenantSettingsAt } from './operations/setTenantSettings.js';
export { sweepOutbox } from './operations/sweepOutbox.js';
export { type OutboxMessage, type OutboxQuery, takeOutbox } from './operations/takeOutbox.js';
export { tenantsWithTeams } from './operations/tenantsWithTeams.js';
export { type StoredUnlock, unlocksOfUsers } from './operations/unlocksOfUsers.js';
export { type ProgressRow, type ProjectedProgress, upsertProgress } from './operations/upsertProgress.js';
export { type EventRef, userEventRefs } from './operations/userEventRefs.js';
export { versionsBefore } from './operations/versionsBefore.js';
export { type XpReached, xpReached } from './operations/xpReached.js';
export { xpTotals } from './operations/xpTotals.js';
export type { OwnerKind } from './ownerKind.js';
export { PreparedConnection } from './PreparedConnection.js';
export type { Queryable } from './Queryable.js';
export { isRecountPending, recountPlace } from './recountShare.js';
export { type PackContent, restoreCatalogue } from './restoreCatalogue.js';
export { StoreError, type StoreErrorCode } from './StoreError.js';
export { TEAMS_PARTITION } from './teamsPartition.js';
export { addTenantMerge } from './tenantMerges/addTenantMerge.js';
export { findTenantMerge } from './tenantMerges/findTenantMerge.js';
export { goesOnAs } from './tenantMerges/goesOnAs.js';
export { isHistoryTrimmed } from './tenantMerges/isHistoryTrimmed.js';
export { nextTenantCopy } from './tenantMerges/nextTenantCopy.js';
export { noteTenantCopy } from './tenantMerges/noteTenantCopy.js';
export type { TenantMerge } from './tenantMerges/TenantMerge.js';
export { tenantMergedInto } from './tenantMerges/tenantMergedInto.js';
export { tenantsMergedInto } from './tenantMerges/tenantsMergedInto.js';
export { unlocksAmong } from './tenantMerges/unlocksAmong.js';
export { unreadEvents } from './tenantMerges/unreadEvents.js';
export { type UserGoingOn, usersGoingOn } from './tenantMerges/usersGoingOn.js';
export { uuidText } from './uuidText.js';
