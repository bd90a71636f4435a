/** Where an event came from. */
export interface EventSource {
  platform: string;
  app: string | null;
  ref: string | null;
  sdk: string | null;
  sdkVersion: string | null;
}

/** An event as the log holds it, decoded once. Instants are epoch milliseconds. The caller drops duplicates. */
export interface EngineEvent {
  eventId: string;
  type: string;
  tenantId: string;
  userId: string;
  teamId: string | null;
  source: EventSource;
  occurredAt: number;
  receivedAt: number;
  clockSkewed: boolean;
  /** Told long after it happened: what it unlocks is marked `backfilled`. */
  backfill: boolean;
  schemaVersion: number;
  /** A JSON object; parsed once at most, and only where a rule needs it. */
  propertiesJson: string;
  /** The entry of the log that holds the event. */
  sequence: number;
  /** The event's place in its entry. */
  index: number;
}
