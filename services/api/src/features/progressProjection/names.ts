/** Operators see it by this name among the consumers of CAIRN_LOG; the offset in the database has the same. */
export const PROGRESS_PROJECTION = 'progress-projection';
