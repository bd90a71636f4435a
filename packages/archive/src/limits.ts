/** Entries of one file, and bytes of them before they are packed. */
export const SEGMENT_ENTRIES_MAX = 20_000;
export const SEGMENT_BYTES_MAX = 32 * 1024 * 1024;
/** Bytes of a block of a file, before it is packed. */
export const BLOCK_BYTES = 64 * 1024;
/** Files that a reader keeps unpacked. */
export const SEGMENTS_CACHED_MAX = 3;
/** Entries that an export reads ahead. */
export const EXPORT_ENTRIES_AHEAD = 500;
/** Entries under way to the stream that is restored. */
export const IMPORT_IN_FLIGHT_MAX = 128;
/** How long the stream may take for one. */
export const IMPORT_TIMEOUT_MS = 30_000;
/** Times that a request to an object store is tried, how long it may take, and what is waited before it is tried again, doubled each time. */
export const S3_ATTEMPTS_MAX = 4;
export const S3_TIMEOUT_MS = 120_000;
export const S3_RETRY_MS = 200;
