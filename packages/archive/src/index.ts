export { Archive } from './Archive.js';
export { ArchiveError, type ArchiveErrorCode } from './ArchiveError.js';
export type { ArchivePlace } from './ArchivePlace.js';
export { directoryPlace } from './directoryPlace.js';
export { exportLog, type LogExport } from './exportLog.js';
export { type ImportReport, importLog, type LogImport } from './importLog.js';
export type { LogEntry } from './LogEntry.js';
export type { Manifest } from './Segment.js';
export { verifyArchive } from './verifyArchive.js';
