export { redactorOf } from './erasure/redactorOf.js';
export { RedactedLog } from './log/RedactedLog.js';
export { RuleEvaluator, type RuleEvaluatorOptions } from './RuleEvaluator.js';
export { ArchiveLog } from './replay/ArchiveLog.js';
export { ReplayError } from './replay/ReplayError.js';
export type { Difference, ReplayReport, TableReport } from './replay/ReplayReport.js';
export type { ReplaySource } from './replay/ReplaySource.js';
export { replay } from './replay/replay.js';
