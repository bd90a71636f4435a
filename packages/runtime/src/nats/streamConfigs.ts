import {
  DEAD_LETTER_STREAM,
  DEAD_LETTER_SUBJECTS,
  EVENTS_STREAM,
  EVENTS_SUBJECTS,
  LOG_STREAM,
  LOG_SUBJECTS,
  REDACTED_STREAM,
  REDACTED_SUBJECTS,
} from '@cairn/contracts';
import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';

/** What Cairn itself decides about a stream; the rest (placement, compression, …) is the operator's. */
export type OwnedConfig = Pick<StreamConfig, 'name' | 'subjects' | 'retention' | 'storage'> & Partial<StreamConfig>;

export interface StreamOptions {
  replicas: 1 | 3;
  /** How long the public door keeps what came in. Default: 7 days; where not given, an operator's own setting stays. */
  eventsMaxAgeSeconds?: number;
  /** Bytes, as the server announces it. */
  maxPayload: number;
}

const EVENTS_MAX_AGE_SECONDS = 7 * 24 * 60 * 60;
const DUPLICATE_WINDOW_MS = 2 * 60 * 1000;
/**
 * Of dead letters, which have no table that knows an earlier one: a message whose letter was written comes again when its
 * acknowledgement was lost, after the ack wait of half a minute, or once another has taken over from whoever died. The server keeps some
 * 100 bytes in memory for each letter of this time: a producer that sends nothing else a thousand times a second costs it 180 MB.
 */
const DEAD_LETTER_DUPLICATE_WINDOW_MS = 30 * 60 * 1000;
const LOG_ENTRY_BYTES_MAX = 8 * 1024 * 1024;
/** What a dead letter adds to the original must still fit into one message of the server. */
const DEAD_LETTER_HEADERS_BYTES_MAX = 16 * 1024;
const UNLIMITED = -1;

const common = { retention: RetentionPolicy.Limits, storage: StorageType.File, duplicate_window: nanos(DUPLICATE_WINDOW_MS) };
const keepsAll = { max_age: 0, max_msgs: UNLIMITED, max_bytes: UNLIMITED, max_msgs_per_subject: UNLIMITED, discard: DiscardPolicy.New };

export function streamConfigs({ replicas, eventsMaxAgeSeconds, maxPayload }: StreamOptions): {
  /** Enforced whenever a process starts. */
  owned: OwnedConfig;
  /** Taken when the stream is made, and left alone afterwards. */
  initial: Partial<StreamConfig>;
}[] {
  const age = (seconds: number) => ({ max_age: nanos(seconds * 1000) });
  return [
    {
      owned: {
        ...common,
        name: EVENTS_STREAM,
        subjects: [EVENTS_SUBJECTS],
        num_replicas: replicas,
        allow_msg_ttl: true,
        allow_direct: true,
        discard: DiscardPolicy.Old,
        max_msg_size: maxPayload - DEAD_LETTER_HEADERS_BYTES_MAX,
        ...(eventsMaxAgeSeconds === undefined ? {} : age(eventsMaxAgeSeconds)),
      },
      initial: { description: 'The public door of Cairn', ...age(eventsMaxAgeSeconds ?? EVENTS_MAX_AGE_SECONDS) },
    },
    {
      owned: {
        ...common,
        ...keepsAll,
        name: LOG_STREAM,
        subjects: [LOG_SUBJECTS],
        num_replicas: replicas,
        allow_direct: true,
        max_msg_size: LOG_ENTRY_BYTES_MAX,
      },
      initial: { description: "Cairn's own ordered log: the source of truth", deny_delete: false },
    },
    {
      owned: {
        ...common,
        ...keepsAll,
        duplicate_window: nanos(DEAD_LETTER_DUPLICATE_WINDOW_MS),
        name: DEAD_LETTER_STREAM,
        subjects: [DEAD_LETTER_SUBJECTS],
        num_replicas: replicas,
        allow_direct: true,
      },
      initial: { description: 'What Cairn could not accept, with its original bytes' },
    },
    {
      owned: {
        ...common,
        ...keepsAll,
        name: REDACTED_STREAM,
        subjects: [REDACTED_SUBJECTS],
        num_replicas: replicas,
        allow_direct: true,
        max_msg_size: LOG_ENTRY_BYTES_MAX,
      },
      initial: { description: 'What is left of entries of the log of which a part was erased', deny_delete: false },
    },
  ];
}
