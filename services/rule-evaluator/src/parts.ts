/** The parts that evaluation is put together of, for those who put them together over other ports. */
export { GroupCommitter } from './commit/GroupCommitter.js';
export { redactEntry } from './erasure/redactEntry.js';
export { type LeaseStore, type OwnedPartition, PartitionLeases } from './lease/PartitionLeases.js';
export { OUTBOX_LEFT_BEHIND_SECONDS, OUTBOX_SWEEP_INTERVAL_MS } from './limits.js';
export { type EvaluationLog, type HistoryOf, type LogReader, type RawEntry, ReaderBroken } from './log/EvaluationLog.js';
export { OutboxRelay, type OutboxStore } from './outbox/OutboxRelay.js';
export { publishToEvents } from './outbox/publishToEvents.js';
export { BatchBuilder } from './partition/BatchBuilder.js';
export { cachedUserOf } from './partition/cachedUserOf.js';
export { PartitionWorker } from './partition/PartitionWorker.js';
export { toEngineEvent } from './partition/toEngineEvent.js';
export type { CachedUser } from './partition/UserCache.js';
export type { RecountStore } from './recount/RecountStore.js';
export type { EvaluationStore, LoadedUser, Publication } from './store/EvaluationStore.js';
export { PartitionProgress } from './teams/PartitionProgress.js';
export type { TeamStore } from './teams/TeamStore.js';
export { TeamWorker } from './teams/TeamWorker.js';
