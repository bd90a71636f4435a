/** What a process that makes load is asked to do. */
export type LoadJob = HttpLoadJob | NatsLoadJob | LatencyJob;

/** How much of the standard work, and of which series. */
interface DoorWork {
  events: number;
  series: string;
}

/** The standard work through `POST /v1/events`. */
export interface HttpLoadJob extends DoorWork {
  kind: 'http';
  url: string;
  token: string;
  /** Sent alone where it is one, as arrays otherwise. */
  eventsARequest: number;
  connections: number;
}

/** The standard work as messages on `<subjects>.<type>` of a stream. */
export interface NatsLoadJob extends DoorWork {
  kind: 'nats';
  natsUrl: string;
  stream: string;
  subjects: string;
  publishesInFlight: number;
}

/** So many events a second through one of the doors, while unlocks are waited for over NATS and over SSE. */
export interface LatencyJob {
  kind: 'latency';
  door: 'http' | 'nats';
  /** Of the door. */
  url: string;
  /** Of the server-sent events. */
  streamUrl: string;
  token: string;
  natsUrl: string;
  eventsASecond: number;
  /** One event in so many makes an unlock. */
  eventsAProbe: number;
  /** Whose they are, in turn. */
  probeUsers: number;
  seconds: number;
  /** Whether to look where the time goes as well. */
  trace: boolean;
}

export interface DoorReport {
  /** From the first to the last answer. */
  seconds: number;
  events: number;
  /** What was answered, by status. */
  answers: Record<string, number>;
}

export interface LatencyReport {
  /** Milliseconds from the moment before an event was sent to its unlock, by where the unlock came in. */
  nats: number[];
  sse: number[];
  /** Milliseconds from the same moment on; empty where nobody asked. */
  trace: LatencyTrace;
  /** Unlocks that were to come. */
  expected: number;
  /** Events that were sent. */
  events: number;
}

export interface LatencyTrace {
  /** Until the entry with the event was published to the log. */
  logged: number[];
  /** Until the 2xx or the acknowledgement. */
  accepted: number[];
  /** Until the unlock came in over NATS, of events that were not sent in the first seconds. */
  warm: number[];
}

export type LoadReport = DoorReport | LatencyReport;

/** Between the processes: the one that makes the load says `ready`, is told `go`, and says what came of it. */
export type LoadMessage = { kind: 'ready' } | { kind: 'done'; report: LoadReport } | { kind: 'failed'; why: string };
