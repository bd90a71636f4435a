/** Bounds of the notifier. Each can be set when it is created; these are the defaults. */
export interface NotifierLimits {
  /** Frames that wait for one reader. One more and the reader is disconnected, so that it resumes by id. */
  sseQueueMax: number;
  /** Readers of one process. One more is refused. */
  sseConnectionsMax: number;
  /** Readers that catch up from the stream at once; the others wait for their turn. */
  catchUpsMax: number;
  /** Silence after which a comment is sent. A reader that took nothing for as long while frames waited is disconnected. */
  keepAliveMs: number;
  /** How often it is looked whether somebody who is followed was merged into somebody else. */
  namesLookMs: number;
  /** What a reader is told to wait before it connects again. */
  retryMs: number;
}

export const NOTIFIER_LIMITS: NotifierLimits = {
  sseQueueMax: 1024,
  sseConnectionsMax: 10_000,
  catchUpsMax: 16,
  keepAliveMs: 15_000,
  namesLookMs: 5_000,
  retryMs: 1000,
};

/** Messages that a catch-up asks for at a time. */
export const CATCH_UP_BATCH_MAX = 256;
/** Pauses between tries to reach the stream again. */
export const RECONNECT_PAUSE_MS_MIN = 50;
export const RECONNECT_PAUSE_MS_MAX = 2000;
